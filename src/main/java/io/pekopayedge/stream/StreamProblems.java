package io.pekopayedge.stream;

import io.pekopayedge.problem.EdgeProblem;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Answers a problem of a streamed call as all problems are answered. */
final class StreamProblems implements WebExceptionHandler {
    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(error);
        }
        exchange.getResponse().getHeaders().clear();
        return Streams.call(exchange).reply(EdgeProblem.from(error));
    }
}
