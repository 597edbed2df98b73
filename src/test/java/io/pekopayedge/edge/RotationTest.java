package io.pekopayedge.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.tenant.KubernetesVolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets rotate while shoppers pay. Each way of swapping is used twice: with both secrets good at PekoPay for a while,
 * then with the file ahead of PekoPay, so that the new pair is refused at first and the previous one must do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RotationTest {
    private static final int PER_SECOND = Integer.getInteger("chaos.rotation.rate", 50);
    private static final int SECONDS = Integer.getInteger("chaos.rotation.seconds", 1);
    private static final Duration POLL = Duration.ofMillis(500);
    /** The contract's poll + 1 s, and what a machine that is busy with other things may add. */
    private static final Duration IN_USE_WITHIN = POLL.plusSeconds(1).plusSeconds(2);

    record Pair(String id, String secret) {
        String authorization() {
            return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** How the files are changed. */
    interface Swap {
        void to(Pair current, Pair previous) throws IOException;
    }

    private static final Pair[] PAIRS = {
        new Pair("client-a", "the-first-secret-0123"),
        new Pair("client-a", "the-second-secret-0123"),
        // Another client: the reserve's tokens go too.
        new Pair("client-b", "the-third-secret-0123"),
    };

    private Path root;
    private PekoPaySandbox pekoPay;
    private EdgeUnderTest edge;
    private KubernetesVolume secrets;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        root = folder;
        pekoPay = PekoPaySandbox.start();
        pekoPay.addClient("acme", PAIRS[0].id, PAIRS[0].secret).addClient("kube", PAIRS[0].id, PAIRS[0].secret);
        secrets = new KubernetesVolume(Files.createDirectory(root.resolve("secrets")));
        publish(PAIRS[0], PAIRS[0]);
        edge = EdgeUnderTest.start(
                tenants -> tenants.file("acme", acme(PAIRS[0], PAIRS[0]))
                        .file("kube", """
                        tenant-id: kube
                        base-url: %1$s
                        reserve: {max: 20}
                        credentials: {client-id-file: %2$s/id, client-secret-file: %2$s/secret}
                        previous-credentials: {client-id-file: %2$s/old-id, client-secret-file: %2$s/old-secret}
                        """.formatted(pekoPay.baseUrl(), secrets.path())),
                "pekopay.edge.tenants.poll=" + POLL.toMillis() + "ms");
    }

    @AfterAll
    void stop() {
        edge.close();
        pekoPay.close();
    }

    private String acme(Pair current, Pair previous) {
        return """
                tenant-id: acme
                base-url: %s
                reserve: {max: 20}
                credentials: {client-id: %s, client-secret: %s}
                previous-credentials: {client-id: %s, client-secret: %s}
                """.formatted(pekoPay.baseUrl(), current.id, current.secret, previous.id, previous.secret);
    }

    private void publish(Pair current, Pair previous) {
        secrets.publish(
                current.secret,
                Map.of("id", current.id, "secret", current.secret, "old-id", previous.id, "old-secret", previous.secret)
                        .entrySet()
                        .stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue() + "\n")));
    }

    @Test
    void tenantFile_renamedOver_twice() throws IOException {
        rotateTwice("acme", "file swap", (current, previous) -> {
            Path next = Files.writeString(root.resolve("next"), acme(current, previous));
            Files.move(
                    next,
                    edge.tenantsFolder().resolve("acme.yml"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        });
    }

    @Test
    void dataLink_swapped_twice() throws IOException {
        rotateTwice("kube", "..data swap", this::publish);
    }

    private void rotateTwice(String tenant, String how, Swap swap) throws IOException {
        try (Shoppers shoppers = new Shoppers(edge, tenant, PER_SECOND)) {
            shoppers.awaitPaid(PER_SECOND);
            rotate(tenant, how + ", both good", swap, PAIRS[0], PAIRS[1], shoppers, true);
            rotate(tenant, how + ", file first", swap, PAIRS[1], PAIRS[2], shoppers, false);
            shoppers.close();

            assertThat(shoppers.failures).isEmpty();
            System.out.printf("%s: %d checkouts paid, 0 failed%n", how, shoppers.paid());
        }
        assertThat(callsOf(tenant, Call::isCharge).stream()
                        .collect(Collectors.groupingBy(Call::paymentToken, Collectors.counting()))
                        .values())
                .as("one try with each pair at most")
                .allMatch(tries -> tries <= 2);
        assertThat(pekoPay.charges().stream()
                        .filter(charge -> charge.tenantId().equals(tenant))
                        .collect(Collectors.groupingBy(charge -> charge.token(), Collectors.counting()))
                        .values())
                .as("effects per token")
                .containsOnly(1L);
    }

    private void rotate(String tenant, String how, Swap swap, Pair old, Pair next, Shoppers shoppers, boolean overlap)
            throws IOException {
        if (overlap) {
            pekoPay.addClient(tenant, next.id, next.secret);
        }
        Instant swapped = Instant.now();
        swap.to(next, old);
        if (!overlap) {
            awaitUse(tenant, Call::isMint, next);
            awaitUse(tenant, Call::isCharge, next);
            shoppers.awaitPaid(PER_SECOND);
            pekoPay.addClient(tenant, next.id, next.secret);
        }
        Duration mint = Duration.between(swapped, awaitUse(tenant, Call::isMint, next));
        Duration charge = Duration.between(swapped, awaitUse(tenant, Call::isCharge, next));
        assertThat(mint).isLessThan(IN_USE_WITHIN);
        assertThat(charge).isLessThan(IN_USE_WITHIN);
        shoppers.awaitPaid(PER_SECOND);

        pekoPay.removeClient(tenant, old.id, old.secret);
        int overlapEnded = callsOf(tenant, call -> true).size();
        shoppers.awaitPaid(PER_SECOND * SECONDS);

        List<Call> after = callsOf(tenant, call -> true);
        List<Call> dead = after.subList(overlapEnded, after.size()).stream()
                .filter(call -> old.authorization().equals(call.header("Authorization")))
                .toList();
        assertThat(dead).isEmpty();
        System.out.printf(
                "%s: from swap to first mint %d ms, to first charge %d ms (poll %d ms); %d calls after the overlap, %d with the dead secret%n",
                how, mint.toMillis(), charge.toMillis(), POLL.toMillis(), after.size() - overlapEnded, dead.size());
    }

    /** When PekoPay first saw such a call with this pair. */
    private Instant awaitUse(String tenant, Predicate<Call> kind, Pair pair) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> callsOf(tenant, kind).stream()
                                .filter(call -> pair.authorization().equals(call.header("Authorization")))
                                .findFirst(),
                        first -> first.isPresent())
                .orElseThrow()
                .at();
    }

    private List<Call> callsOf(String tenant, Predicate<Call> kind) {
        return pekoPay.calls().stream()
                .filter(call -> call.tenantId().equals(tenant))
                .filter(kind)
                .toList();
    }
}
