package io.pekopayedge.door;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * How a server empties: it takes no further connection, tells each client with its next answer that it was the last on
 * this connection (RFC 9112 §9.6), and lets go those that ask for nothing more. To close all that are idle at once, as
 * servers do, would lose the requests that are on their way on them. Any thread.
 */
// What becomes of a close, isEmpty tells.
@SuppressWarnings("FutureReturnValueIgnored")
public final class LastCall {
    private final ChannelGroup listening = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean made;

    void listensOn(Channel listener) {
        listening.add(listener);
    }

    void enter(Channel connection) {
        connections.add(connection);
    }

    boolean isMade() {
        return made;
    }

    /** Final: a server that has made it serves nobody afterwards. */
    public void make() {
        made = true;
        listening.close();
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(this));
    }

    /** Nobody is there any more. */
    public boolean isEmpty() {
        return connections.isEmpty();
    }

    /** Cuts off who is still there. */
    public void close() {
        connections.close();
    }
}
