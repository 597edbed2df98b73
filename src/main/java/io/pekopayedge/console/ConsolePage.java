package io.pekopayedge.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * The operator's page under {@code /console}: fixed files, read once at the start. What they show they ask of the
 * actuator, in the browser; nothing of a tenant is in them. Thread-safe.
 */
public final class ConsolePage implements WebHandler {
    static final String PATH = "/console";

    private static final String PAGE = "index.html";
    private static final MediaType SCRIPT = MediaType.parseMediaType("text/javascript;charset=UTF-8");
    private static final Map<String, MediaType> FILES = Map.of(
            PAGE,
            MediaType.parseMediaType("text/html;charset=UTF-8"),
            "console.css",
            MediaType.parseMediaType("text/css;charset=UTF-8"),
            "icon.svg",
            MediaType.parseMediaType("image/svg+xml"),
            "console.js",
            SCRIPT,
            "cards.js",
            SCRIPT,
            "charges.js",
            SCRIPT,
            "trouble.js",
            SCRIPT,
            "words.js",
            SCRIPT);
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            HttpHeaders.CACHE_CONTROL,
            "no-store");

    private final Map<String, byte[]> contents =
            FILES.keySet().stream().collect(Collectors.toUnmodifiableMap(name -> name, ConsolePage::content));

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        HEADERS.forEach(response.getHeaders()::set);
        HttpMethod method = exchange.getRequest().getMethod();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            response.getHeaders().setAllow(Set.of(HttpMethod.GET, HttpMethod.HEAD));
            return end(response, HttpStatus.METHOD_NOT_ALLOWED);
        }
        String path = exchange.getRequest().getPath().pathWithinApplication().value();
        if (path.equals(PATH + "/")) {
            // The page's links are relative to /console, whatever a proxy puts before it.
            response.getHeaders().set(HttpHeaders.LOCATION, ".." + PATH);
            return end(response, HttpStatus.PERMANENT_REDIRECT);
        }
        return file(response, path.equals(PATH) ? PAGE : path.substring(PATH.length() + 1));
    }

    private Mono<Void> file(ServerHttpResponse response, String name) {
        byte[] content = contents.get(name);
        if (content == null) {
            return end(response, HttpStatus.NOT_FOUND);
        }
        response.getHeaders().setContentType(FILES.get(name));
        response.getHeaders().setContentLength(content.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(content)));
    }

    private static Mono<Void> end(ServerHttpResponse response, HttpStatus status) {
        response.setStatusCode(status);
        return response.setComplete();
    }

    private static byte[] content(String name) {
        try {
            return new ClassPathResource("console/" + name).getContentAsByteArray();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
