package io.pekopayedge.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * One request as it arrived, body complete. Immutable but for the arrays it hands out.
 *
 * @param at by the sandbox's clock
 * @param path raw, as it stood in the request line, without the query
 * @param query raw, null when there was none
 * @param body the bytes as they came, empty when there were none
 */
public record Call(
        Instant at, String method, String path, @Nullable String query, HttpHeaders headers, byte[] body) {

    static Call of(HttpServerRequest request, Instant at, byte[] body) {
        String[] target = request.uri().split("\\?", 2);
        return new Call(
                at,
                request.method().name(),
                target[0],
                target.length > 1 ? target[1] : null,
                request.requestHeaders().copy(),
                body);
    }

    /** The header's first value, null when absent. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as JSON; a missing node when it is not. */
    public JsonNode json() {
        try {
            return Reply.JSON.readTree(body);
        } catch (IOException notJson) {
            return MissingNode.getInstance();
        }
    }

    /** {@code paymentToken} of the body, null when it has none. */
    public @Nullable String paymentToken() {
        return json().path("paymentToken").textValue();
    }

    /** The tenant that the path names, empty when it names none. */
    public String tenantId() {
        List<String> parts = segments();
        return parts.size() > 1 ? parts.get(1) : "";
    }

    /** Whether this asks for a payment token. */
    public boolean isMint() {
        List<String> parts = segments();
        return parts.size() == 3 && "payment-token".equals(parts.get(0)) && "generate".equals(parts.get(2));
    }

    /** Whether this is a charge or a subscription, however the path is disguised: a lenient PekoPay would take it. */
    public boolean isCharge() {
        List<String> parts = segments();
        return "POST".equals(method)
                && parts.size() == 3
                && "tenants".equalsIgnoreCase(parts.get(0))
                && List.of("transactions", "subscriptions")
                        .contains(parts.get(2).toLowerCase(Locale.ROOT));
    }

    /** The path's segments, percent-decoded, empty ones left out. */
    List<String> segments() {
        return Stream.of(path.split("/"))
                .filter(part -> !part.isEmpty())
                .map(Call::decoded)
                .toList();
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException raw) {
            return segment;
        }
    }
}
