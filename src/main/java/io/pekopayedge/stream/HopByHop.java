package io.pekopayedge.stream;

import io.netty.handler.codec.http.HttpVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.netty.http.server.HttpServerRequest;

/** The fields that end at each hop (RFC 9110 §7.6.1). */
final class HopByHop {
    private static final Set<String> ALWAYS = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private HopByHop() {}

    /** Those of a message, in lower case: the usual ones and what its {@code Connection} names. */
    static Set<String> of(HttpHeaders headers) {
        List<String> options = headers.getConnection();
        if (options.isEmpty()) {
            return ALWAYS;
        }
        Set<String> all = new HashSet<>(ALWAYS);
        options.forEach(option -> all.add(option.toLowerCase(Locale.ROOT)));
        // A client may not have these taken from what goes on: they tell the upstream what it is reading.
        all.removeAll(Set.of("host", "content-length", "content-type"));
        return all;
    }

    /**
     * Marks the end of an answer that does not say how long it is: by chunks, so that its connection can be used again,
     * and one that breaks off is not taken for whole (RFC 9112 §6.3). A client of HTTP/1.0 knows none.
     */
    static void reframe(ServerHttpRequest request, ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        int code = status == null ? 200 : status.value();
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        if (response.getHeaders().getContentLength() < 0
                && code != 204
                && code != 205
                && code != 304
                && !HttpVersion.HTTP_1_0.equals(received.version())) {
            response.getHeaders().set(HttpHeaders.TRANSFER_ENCODING, "chunked");
        }
    }
}
