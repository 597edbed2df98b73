package io.pekopayedge.stream;

import io.pekopayedge.guard.Call;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/** A request that goes on through Spring Cloud Gateway, and whose call it is. */
final class StreamedRequest extends ServerHttpRequestDecorator {
    private final Call call;

    StreamedRequest(Call call, ServerHttpRequest request) {
        super(request);
        this.call = call;
    }

    Call call() {
        return call;
    }
}
