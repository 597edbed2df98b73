package io.pekopayedge;

import io.netty.handler.codec.http.HttpMethod;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.PassedFields;
import io.pekopayedge.upstream.PekoPayClient;
import io.pekopayedge.upstream.UpstreamRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.env.Environment;

/**
 * One call as a mint makes it, to the management port, as soon as that is open: what has to be loaded for it, the first
 * shopper need not wait for. What comes of it is nobody's concern, and nobody waits for it.
 */
final class Rehearsal implements ApplicationRunner {
    private static final Duration MOST = Duration.ofSeconds(1);

    private final PekoPayClient client;
    private final EdgeSettings settings;
    private final Environment environment;

    Rehearsal(PekoPayClient client, EdgeSettings settings, Environment environment) {
        this.client = client;
        this.settings = settings;
        this.environment = environment;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        String port = environment.getProperty("local.management.port");
        if (port != null) {
            BasicCredentials nobodys = new BasicCredentials("rehearsal", "rehearsal");
            Tenant nobody = new Tenant(
                    "rehearsal",
                    null,
                    URI.create("http://localhost:" + port),
                    Set.of(),
                    Set.of(),
                    null,
                    false,
                    nobodys,
                    null,
                    Map.of(),
                    "charge",
                    List.of(),
                    settings.reserve(),
                    List.of());
            UpstreamRequest request = new UpstreamRequest(
                    nobody, HttpMethod.GET, "/actuator/health/liveness", PassedFields.OURS, "rehearsal", null, null);
            client.call(request, nobodys, MOST).subscribe(reply -> {}, error -> {});
        }
    }
}
