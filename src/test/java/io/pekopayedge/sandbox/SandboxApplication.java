package io.pekopayedge.sandbox;

import io.pekopayedge.EdgeApplication;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * The whole thing on one machine: a PekoPay, two shops, and the gateway in front of them. What
 * {@code ./mvnw spring-boot:test-run} starts; arguments go to the gateway. Ends with the gateway: all threads of the
 * sandbox are daemons, so that charges under way still get their answers while the gateway drains.
 */
public final class SandboxApplication {
    private static final String WELCOME = """

              Acme Paper    http://acme.localhost:%1$s/     one payment      (tenant acme)
              Bistro Luna   http://bistro.localhost:%1$s/   a subscription   (tenant bistro)
              Operator      http://localhost:%2$s/console
              PekoPay       %3$s   no money moves

              TOKEN=$(curl -s http://localhost:%1$s/t/acme/api/payment-token/refresh -H 'X-Checkout-Flow: my-very-first-checkout-1' | cut -d'"' -f4); echo $TOKEN
              curl -i http://localhost:%1$s/t/acme/api/checkout/charge -H 'X-Checkout-Flow: my-very-first-checkout-1' -H 'Content-Type: application/json' -d '{"paymentToken":"'$TOKEN'"}'
              curl -i http://localhost:%1$s/t/acme/api/checkout/charge -H 'X-Checkout-Flow: my-very-first-checkout-1' -H 'Content-Type: application/json' -d '{"paymentToken":"'$TOKEN'"}'   # the same answer, nothing charged
              curl -s http://localhost:%1$s/payment-token/acme/generate -H 'Authorization: Bearer %4$s'
              curl -s http://localhost:%1$s/ -H 'Host: acme.localhost' | head -n 12

            """;

    private SandboxApplication() {}

    public static void main(String[] args) throws IOException {
        PekoPaySandbox pekoPay = PekoPaySandbox.start();
        List<DemoStorefront> shops = List.of(DemoStorefront.acme(pekoPay), DemoStorefront.bistro(pekoPay));
        Path tenants = Files.createTempDirectory("pekopay-edge-tenants");
        tenants.toFile().deleteOnExit();
        for (DemoStorefront shop : shops) {
            write(tenants, shop, pekoPay);
        }

        List<String> arguments = new ArrayList<>(List.of("--pekopay.edge.tenants.location=" + tenants));
        arguments.addAll(List.of(args));
        ConfigurableApplicationContext gateway =
                SpringApplication.run(EdgeApplication.class, arguments.toArray(String[]::new));

        Environment environment = gateway.getEnvironment();
        String port = environment.getProperty("local.server.port", "8080");
        shops.forEach(
                shop -> shop.backend(URI.create("http://localhost:" + port), "Bearer " + apiKey(shop.tenantId())));
        System.out.printf(
                WELCOME,
                port,
                environment.getProperty("local.management.port", "8081"),
                pekoPay.baseUrl(),
                apiKey("acme"));
    }

    /** The demo key of a shop's server: printed, so good for nothing but this. */
    static String apiKey(String tenantId) {
        return tenantId + "-demo-key-for-the-sandbox-only";
    }

    private static void write(Path folder, DemoStorefront shop, PekoPaySandbox pekoPay) throws IOException {
        String id = shop.tenantId();
        pekoPay.addClient(id, id + "-client", id + "-sandbox-secret");
        Path file = folder.resolve(id + ".yml");
        file.toFile().deleteOnExit();
        Files.writeString(file, """
                tenant-id: %1$s
                base-url: %2$s
                hosts: [%1$s.localhost]
                storefront: %3$s
                credentials:
                  client-id: %1$s-client
                  client-secret: %1$s-sandbox-secret
                api-keys:
                  - {id: %1$s-backend, sha256: %4$s}
                """.formatted(id, pekoPay.baseUrl(), shop.url(), sha256(apiKey(id))));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
