package io.pekopayedge;

import io.netty.channel.Channel;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServer;

/**
 * Has a connection read on after every answer. Reactor Netty 1.2.18, the last of its line, forgets to where a request came
 * before the one ahead of it had ended, and was then answered at once: the client's next request is never read (its issue
 * 4361, mended in 1.3). Called on the thread that ends an answer.
 */
final class KeepReading implements ConnectionObserver {
    private KeepReading() {}

    static HttpServer apply(HttpServer server) {
        return server.childObserve(new KeepReading());
    }

    @Override
    public void onStateChange(Connection connection, State state) {
        Channel channel = connection.channel();
        // Reads by itself already where the whole request had been read before its answer ended.
        if (state == State.DISCONNECTING
                && channel.isActive()
                && !channel.config().isAutoRead()) {
            channel.eventLoop().execute(() -> readUnlessAnswering(channel));
        }
    }

    private static void readUnlessAnswering(Channel channel) {
        if (ChannelOperations.get(channel) == null) {
            channel.read();
        }
    }
}
