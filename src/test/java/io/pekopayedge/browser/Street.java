package io.pekopayedge.browser;

import io.pekopayedge.EdgeApplication;
import io.pekopayedge.sandbox.DemoStorefront;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** All that a shopper walks through, in this process and on free ports: two shops, the gateway, a PekoPay that counts. */
final class Street implements AutoCloseable {
    final PekoPaySandbox pekoPay = PekoPaySandbox.start();
    final DemoStorefront acme = DemoStorefront.acme(pekoPay);
    final DemoStorefront bistro = DemoStorefront.bistro(pekoPay);
    private final ConfigurableApplicationContext gateway;
    private final int port;

    /**
     * @param folder for the tenant files
     * @param toAcme more lines of Acme's tenant file; {@code %d} is the port of Acme's own server
     * @param settings of the gateway, {@code pekopay.edge.x=y}
     */
    Street(Path folder, String toAcme, String... settings) {
        write(
                folder.resolve("acme.yml"),
                acme.tenantFile() + toAcme.formatted(acme.url().getPort()));
        write(folder.resolve("bistro.yml"), bistro.tenantFile());
        String[] arguments = Stream.concat(
                        Stream.of(
                                "server.port=0",
                                "management.server.port=0",
                                "pekopay.edge.tenants.location=" + folder,
                                // All shoppers here have one address.
                                "pekopay.edge.limits.refresh-per-client=10000/1m",
                                "pekopay.edge.limits.charge-per-client=10000/1m",
                                "pekopay.edge.limits.declines-per-client=10000/1h"),
                        Stream.of(settings))
                .map(setting -> "--" + setting)
                .toArray(String[]::new);
        gateway = new SpringApplication(EdgeApplication.class).run(arguments);
        port = gateway.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        for (DemoStorefront shop : List.of(acme, bistro)) {
            shop.backend(URI.create("http://localhost:" + port), "Bearer " + shop.apiKey());
        }
    }

    /** A page of a shop, as shoppers know it. */
    String at(DemoStorefront shop, String path) {
        return "http://" + shop.tenantId() + ".localhost:" + port + path;
    }

    String management(String path) {
        return "http://localhost:" + gateway.getEnvironment().getRequiredProperty("local.management.port") + path;
    }

    @Override
    public void close() {
        gateway.close();
        acme.close();
        bistro.close();
        pekoPay.close();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
