package io.pekopayedge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

/** Who may post to the management port. */
class OperatorGateTest {
    private static final String KEY = "the operator's key";

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # from,      host,                    content type,                    origin,                    fetch site,  forwarded, key,                status
            127.0.0.1,   localhost:8081,          application/json,                -,                         -,           -,         -,                  200
            127.0.0.1,   127.0.0.1:8081,          application/json;charset=UTF-8,  http://127.0.0.1:8081,     same-origin, -,         -,                  200
            127.0.0.1,   LOCALHOST:8081,          application/json,                http://localhost:8081,     none,        -,         -,                  200
            127.0.0.1,   [::1]:8081,              application/json,                http://[::1]:8081,         -,           -,         -,                  200
            127.0.0.1,   localhost:8081,          text/plain,                      -,                         -,           -,         -,                  415
            127.0.0.1,   localhost:8081,          -,                               -,                         -,           -,         -,                  415
            127.0.0.1,   localhost:8081,          application/json-seq,            -,                         -,           -,         -,                  415
            127.0.0.1,   localhost:8081,          /,                               -,                         -,           -,         -,                  415
            127.0.0.1,   localhost:8081,          application/json,                https://evil.example,      -,           -,         -,                  403
            127.0.0.1,   localhost:8081,          application/json,                http://localhost:8080,     -,           -,         -,                  403
            127.0.0.1,   localhost:8081,          application/json,                null,                      -,           -,         -,                  403
            127.0.0.1,   localhost:8081,          application/json,                -,                         cross-site,  -,         -,                  403
            127.0.0.1,   localhost:8081,          application/json,                -,                         same-site,   -,         -,                  403
            127.0.0.1,   evil.example:8081,       application/json,                http://evil.example:8081,  same-origin, -,         -,                  401
            127.0.0.1,   localhost.evil.example,  application/json,                -,                         -,           -,         -,                  401
            127.0.0.1,   localhost:8081,          application/json,                -,                         -,           10.0.0.9,  -,                  401
            127.0.0.1,   localhost:8081,          application/json,                https://evil.example,      -,           -,         the operator's key, 403
            10.0.0.9,    edge.internal:8081,      application/json,                -,                         -,           -,         -,                  401
            10.0.0.9,    localhost:8081,          application/json,                -,                         -,           -,         -,                  401
            10.0.0.9,    edge.internal:8081,      application/json,                -,                         -,           -,         another key,        401
            10.0.0.9,    edge.internal:8081,      application/json,                -,                         -,           -,         the operator's key, 200
            """)
    void post_isLetThrough(
            String from,
            String host,
            String type,
            String origin,
            String site,
            String forwarded,
            String key,
            int status) {
        MockServerHttpRequest.BodyBuilder request = MockServerHttpRequest.post("/actuator/charges/0123456789abcdef")
                .remoteAddress(new InetSocketAddress(from, 50_000))
                .header("Host", host);
        header(request, "Content-Type", type);
        header(request, "Origin", origin);
        header(request, "Sec-Fetch-Site", site);
        header(request, "X-Forwarded-For", forwarded);
        header(request, "Authorization", key == null ? null : "Bearer " + key);
        assertThat(status(new OperatorGate(sha256(KEY)), request.build())).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"GET", "HEAD", "OPTIONS"})
    void reading_isNotLookedAt(String method) {
        assertThat(status(
                        new OperatorGate(null),
                        MockServerHttpRequest.method(HttpMethod.valueOf(method), "/actuator/charges")
                                .remoteAddress(new InetSocketAddress("10.0.0.9", 50_000))
                                .build()))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"PUT", "DELETE", "PATCH", "POST"})
    void writing_fromElsewhereWithoutAConfiguredKey_isNobodys(String method) {
        assertThat(status(
                        new OperatorGate(null),
                        MockServerHttpRequest.method(HttpMethod.valueOf(method), "/anything")
                                .remoteAddress(new InetSocketAddress("10.0.0.9", 50_000))
                                .header("Host", "edge.internal")
                                .header("Content-Type", "application/json")
                                .header("Authorization", "Bearer ")
                                .build()))
                .isEqualTo(403);
    }

    private static void header(MockServerHttpRequest.BodyBuilder request, String name, String value) {
        if (value != null) {
            request.header(name, value);
        }
    }

    private static int status(OperatorGate gate, MockServerHttpRequest request) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        AtomicBoolean through = new AtomicBoolean();
        gate.filter(exchange, next -> Mono.fromRunnable(() -> through.set(true)))
                .block();
        return through.get() ? 200 : exchange.getResponse().getStatusCode().value();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
