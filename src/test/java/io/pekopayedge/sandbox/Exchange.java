package io.pekopayedge.sandbox;

import io.netty.channel.ChannelOption;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** One request on its way through the sandbox, for a {@link Behaviour} to steer. */
public final class Exchange {
    private final Call call;
    private final HttpServerResponse response;
    private final Function<Call, Reply> work;

    Exchange(Call call, HttpServerResponse response, Function<Call, Reply> work) {
        this.call = call;
        this.response = response;
        this.work = work;
    }

    public Call call() {
        return call;
    }

    public HttpServerResponse response() {
        return response;
    }

    /** Does PekoPay's work, effects and all, and returns the answer without sending it. */
    public Reply proceed() {
        return work.apply(call);
    }

    public Publisher<Void> send(Reply reply) {
        return reply.to(response);
    }

    /** Cuts the connection with a TCP reset; nothing more is sent. */
    public Publisher<Void> reset() {
        response.withConnection(connection -> connection.channel().config().setOption(ChannelOption.SO_LINGER, 0));
        return close();
    }

    /** Closes the connection without (further) answer. */
    public Publisher<Void> close() {
        response.withConnection(connection -> connection.channel().close());
        return Mono.never();
    }
}
