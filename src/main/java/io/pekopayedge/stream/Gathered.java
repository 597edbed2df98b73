package io.pekopayedge.stream;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;

/**
 * Bodies that the client below gathers whole before it sends them, those of methods that hardly ever have one: no longer
 * than what a stream may hold on its way anyway, or one client's {@code DELETE} could fill the memory of all. Any thread.
 */
final class Gathered {
    /** Bytes; a longer one is 413 {@code body-too-large}. */
    static final int MOST = 64 * 1024;

    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

    private Gathered() {}

    /** The request's body; of other methods as it is. */
    static Flux<DataBuffer> body(ServerHttpRequest request) {
        return METHODS.contains(request.getMethod()) ? Flux.defer(() -> bounded(request.getBody())) : request.getBody();
    }

    private static Flux<DataBuffer> bounded(Flux<DataBuffer> body) {
        int[] left = {MOST};
        return body.handle((part, sink) -> {
            left[0] -= part.readableByteCount();
            if (left[0] >= 0) {
                sink.next(part);
            } else {
                DataBufferUtils.release(part);
                sink.error(EdgeProblem.of(Problem.BODY_TOO_LARGE, "A body of this method may have 64 KB."));
            }
        });
    }
}
