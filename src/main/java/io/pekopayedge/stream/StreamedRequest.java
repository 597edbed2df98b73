package io.pekopayedge.stream;

import io.pekopayedge.guard.Call;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/** A request that goes on through Spring Cloud Gateway: who it is, and what the upstream will see of it. */
final class StreamedRequest extends ServerHttpRequestDecorator {
    private final Call call;
    private final HttpHeaders headers;
    private final URI uri;

    StreamedRequest(Call call, ServerHttpRequest request) {
        this(call, request, request.getHeaders(), request.getURI());
    }

    StreamedRequest(Call call, ServerHttpRequest request, HttpHeaders headers, URI uri) {
        super(request);
        this.call = call;
        this.headers = headers;
        this.uri = uri;
    }

    Call call() {
        return call;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public URI getURI() {
        return uri;
    }
}
