package io.pekopayedge.stream;

import io.pekopayedge.problem.EdgeProblem;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Lets a problem of a streamed call through to where all problems are answered, past Spring's own error pages. */
@Order(-2)
public final class StreamProblems implements WebExceptionHandler {
    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        if (!(exchange.getRequest() instanceof StreamedRequest streamed)
                || exchange.getResponse().isCommitted()) {
            return Mono.error(error);
        }
        exchange.getResponse().getHeaders().clear();
        return streamed.call().reply(EdgeProblem.from(error));
    }
}
