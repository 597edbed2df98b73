package io.pekopayedge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.settings.EdgeSettings.Reserve;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class LeakScanTest {
    private static final String SECRET = "sec-sec-secret-0123456789";
    private static final String PREVIOUS = "the-one-before-9876543210";
    private static final DefaultDataBufferFactory BUFFERS = DefaultDataBufferFactory.sharedInstance;

    private final Tenant tenant = new Tenant(
            "acme",
            null,
            URI.create("https://pekopay.example"),
            Set.of(),
            Set.of(),
            null,
            true,
            new BasicCredentials("client", SECRET),
            new BasicCredentials("client", PREVIOUS),
            Map.of(),
            "charge",
            List.of(),
            new Reserve(2, 500, Duration.ofMinutes(10), Duration.ofHours(2)),
            List.of());

    @Test
    void event_passesBeforeTheNextComes() {
        Sinks.Many<DataBuffer> events = Sinks.many().unicast().onBackpressureBuffer();
        StepVerifier.create(scanned(events.asFlux()))
                .then(() -> events.tryEmitNext(buffer("data: 1\n\n")))
                .expectNext("data: 1\n\n")
                .then(() -> events.tryEmitNext(buffer("data: 2\n\n")))
                .expectNext("data: 2\n\n")
                .then(events::tryEmitComplete)
                .verifyComplete();
    }

    @Test
    void beginningOfASecret_isHeldUntilItIsNone() {
        StepVerifier.create(scanned(Flux.just(buffer("a sec-s"), buffer("ec-sed"), buffer("an sec"))))
                .expectNext("a ", "sec-sec-sed", "an ", "sec")
                .verifyComplete();
    }

    @Test
    void answer_cutAnywhere_comesWhole_andNoByteOfASecretLeaves() {
        Random random = new Random(1);
        String harmless = "{\"sec\":\"sec-\\u0073ec-sec-secre\",\"client\":\"the-one-before-987654321 sec\\u002d\"}\\";
        for (int round = 0; round < 2_000; round++) {
            assertThat(String.join("", passed(harmless, random))).isEqualTo(harmless);
            String secret = escaped(round % 2 == 0 ? SECRET : PREVIOUS, random);
            List<String> left = passed(harmless + secret + harmless, random);
            assertThat(left).last().isEqualTo("withheld");
            assertThat(harmless).startsWith(String.join("", left.subList(0, left.size() - 1)));
        }
    }

    /** As a JSON encoder may write it: each sign as it is, or as an escape. */
    private static String escaped(String text, Random random) {
        StringBuilder written = new StringBuilder();
        int seldom = 1 + random.nextInt(10);
        for (char c : text.toCharArray()) {
            written.append(random.nextInt(10) < seldom ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return written.toString();
    }

    private List<String> passed(String text, Random random) {
        List<DataBuffer> parts = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(30));
            parts.add(buffer(text.substring(at, end)));
            at = end;
        }
        return scanned(Flux.fromIterable(parts))
                .onErrorResume(EdgeProblem.class, problem -> Flux.just("withheld"))
                .collectList()
                .block();
    }

    private Flux<String> scanned(Flux<DataBuffer> parts) {
        return new LeakScan(tenant, BUFFERS).watch(parts).map(part -> part.toString(StandardCharsets.US_ASCII));
    }

    private static DataBuffer buffer(String text) {
        return BUFFERS.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
