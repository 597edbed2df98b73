package io.pekopayedge.sandbox;

import io.pekopayedge.EdgeApplication;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
            Path file = tenants.resolve(shop.tenantId() + ".yml");
            file.toFile().deleteOnExit();
            Files.writeString(file, shop.tenantFile());
        }

        List<String> arguments = new ArrayList<>(
                List.of("--pekopay.edge.tenants.location=" + tenants, "--logging.structured.format.console="));
        arguments.addAll(List.of(args));
        ConfigurableApplicationContext gateway =
                SpringApplication.run(EdgeApplication.class, arguments.toArray(String[]::new));

        Environment environment = gateway.getEnvironment();
        String port = environment.getProperty("local.server.port", "8080");
        shops.forEach(shop -> shop.backend(URI.create("http://localhost:" + port), "Bearer " + shop.apiKey()));
        System.out.printf(
                WELCOME,
                port,
                environment.getProperty("local.management.port", "8081"),
                pekoPay.baseUrl(),
                shops.get(0).apiKey());
    }
}
