package io.pekopayedge.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at a gateway's own figures. */
final class Management {
    private Management() {}

    /** Waits until a tenant's reserve holds nearly so many fresh tokens. */
    static void await(Peer edge, String tenant, int tokens) {
        Pattern gauge = Pattern.compile(
                "pekopay_edge_reserve_tokens\\{age=\"fresh\",tenant=\"" + tenant + "\"[^}]*} ([0-9.E]+)");
        for (int look = 0; look < 600; look++) {
            Matcher fresh = gauge.matcher(scrape(edge));
            if (fresh.find() && Double.parseDouble(fresh.group(1)) >= tokens * 0.99) {
                return;
            }
            pause();
        }
        throw new IllegalStateException("the reserve of " + tenant + " is not full");
    }

    /** Waits until its readiness says so. */
    static void awaitReady(Peer edge) {
        for (int look = 0; look < 100; look++) {
            if (get(edge, "/actuator/health/readiness").contains("\"UP\"")) {
                return;
            }
            pause();
        }
        throw new IllegalStateException("not ready");
    }

    private static String scrape(Peer edge) {
        return get(edge, "/actuator/prometheus");
    }

    private static String get(Peer edge, String path) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + edge.managementPort() + path);
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
