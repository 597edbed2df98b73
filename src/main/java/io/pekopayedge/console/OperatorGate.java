package io.pekopayedge.console;

import io.pekopayedge.ledger.Digest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Who may change something on the management port. A page of another site must not, although the operator's browser
 * reaches a forwarded port for it: no form can post {@code application/json}, a foreign {@code Origin} is refused, and
 * without a key the {@code Host} must be a name of this machine's own, so that a name which was pointed here (DNS
 * rebinding) does not pass. From elsewhere, or through a proxy, the operator's key is needed. Reading is not looked at.
 */
public final class OperatorGate implements WebFilter {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String BEARER = "Bearer ";

    private record Refusal(HttpStatus status, String detail) {}

    private final byte @Nullable [] keySha256;

    /** @param keySha256 64 hex digits, or null: from elsewhere nobody may */
    public OperatorGate(@Nullable String keySha256) {
        this.keySha256 = keySha256 == null ? null : HexFormat.of().parseHex(keySha256.toLowerCase(Locale.ROOT));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        Refusal refusal = changesNothing(request) ? null : refusal(request);
        return refusal == null ? chain.filter(exchange) : refuse(exchange.getResponse(), refusal);
    }

    private static boolean changesNothing(ServerHttpRequest request) {
        String path = request.getPath().pathWithinApplication().value();
        return READING.contains(request.getMethod())
                || path.equals(ConsolePage.PATH)
                || path.startsWith(ConsolePage.PATH + "/"); // the page says 405 to all else
    }

    private @Nullable Refusal refusal(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        String host = host(headers);
        if (host == null || isForeign(headers, host)) {
            return new Refusal(HttpStatus.FORBIDDEN, "Another site's page may not do this.");
        }
        if (!isJson(headers)) {
            return new Refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json.");
        }
        if (isHere(request, host) || holdsKey(headers)) {
            return null;
        }
        return keySha256 == null
                ? new Refusal(HttpStatus.FORBIDDEN, "Only from this machine: no operator's key is configured.")
                : new Refusal(HttpStatus.UNAUTHORIZED, "From here the operator's key is needed.");
    }

    /** The only {@code Host}, in lower case; null without one. */
    private static @Nullable String host(HttpHeaders headers) {
        var values = headers.getOrEmpty(HttpHeaders.HOST);
        return values.size() == 1 ? values.get(0).toLowerCase(Locale.ROOT) : null;
    }

    private static boolean isForeign(HttpHeaders headers, String host) {
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null && !"same-origin".equals(site) && !"none".equals(site)) {
            return true;
        }
        return headers.getOrEmpty(HttpHeaders.ORIGIN).stream().anyMatch(origin -> !host.equals(authority(origin)));
    }

    /** Host and port of an origin; empty where it has none, as {@code null} has. */
    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException unreadable) {
            return "";
        }
    }

    private static boolean isJson(HttpHeaders headers) {
        try {
            MediaType type = headers.getContentType();
            return type != null && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type);
        } catch (InvalidMediaTypeException unreadable) {
            return false;
        }
    }

    private static boolean isHere(ServerHttpRequest request, String host) {
        InetSocketAddress remote = request.getRemoteAddress();
        HttpHeaders headers = request.getHeaders();
        return remote != null
                && remote.getAddress() != null
                && remote.getAddress().isLoopbackAddress()
                && THIS_MACHINE.contains(host.replaceFirst(":\\d+$", ""))
                && !headers.containsKey("X-Forwarded-For")
                && !headers.containsKey("Forwarded");
    }

    private boolean holdsKey(HttpHeaders headers) {
        String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
        byte[] expected = keySha256;
        return expected != null
                && authorization != null
                && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && MessageDigest.isEqual(
                        expected,
                        Digest.newSha256()
                                .digest(authorization
                                        .substring(BEARER.length())
                                        .trim()
                                        .getBytes(StandardCharsets.UTF_8)));
    }

    private static Mono<Void> refuse(ServerHttpResponse response, Refusal refusal) {
        HttpStatus status = refusal.status();
        response.setStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setCacheControl("no-store");
        if (status == HttpStatus.UNAUTHORIZED) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        byte[] body = ("{\"title\":\"" + status.getReasonPhrase() + "\",\"status\":" + status.value() + ",\"detail\":\""
                        + refusal.detail() + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        headers.setContentLength(body.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }
}
