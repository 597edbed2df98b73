package io.pekopayedge.stream;

import io.pekopayedge.guard.WholeBody;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
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

    /** @param body the request's; of other methods it stays as it is */
    static Flux<DataBuffer> body(ServerHttpRequest request, Flux<DataBuffer> body) {
        return METHODS.contains(request.getMethod()) ? gathered(body) : body;
    }

    private static Flux<DataBuffer> gathered(Flux<DataBuffer> body) {
        return WholeBody.of(body, MOST)
                .filter(bytes -> bytes.length > 0)
                .<DataBuffer>map(DefaultDataBufferFactory.sharedInstance::wrap)
                .onErrorMap(
                        DataBufferLimitException.class,
                        e -> EdgeProblem.of(Problem.BODY_TOO_LARGE, "A body of this method may have 64 KB."))
                .flux();
    }
}
