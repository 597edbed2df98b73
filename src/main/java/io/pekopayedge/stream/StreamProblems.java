package io.pekopayedge.stream;

import io.pekopayedge.problem.EdgeProblem;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Answers a problem of a streamed call as all problems are answered. Under an answer that has begun it ends the connection,
 * so that nobody takes a part for the whole; no error goes on from there, since who logs it would log the query too.
 */
final class StreamProblems implements WebExceptionHandler {
    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().isCommitted()) {
            return breakOff(exchange);
        }
        exchange.getResponse().getHeaders().clear();
        return Streams.call(exchange).reply(EdgeProblem.from(error));
    }

    /** Over when the connection is: before that, its server would end the answer as if it were whole. */
    private static Mono<Void> breakOff(ServerWebExchange exchange) {
        HttpServerResponse answer = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
        return Mono.create(over -> answer.withConnection(connection -> {
            if (connection.channel().isActive()) {
                Streams.call(exchange).brokenOff();
            }
            connection.channel().close().addListener(closed -> over.success());
        }));
    }
}
