package io.pekopayedge.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.FutureListener;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.netty.http.HttpResources;

/**
 * The connections of one event loop to one PekoPay address: a call never leaves its thread, and nothing here needs a lock.
 * Not bounded: calls under way are, per tenant, and a bound that tenants share would let a hanging one starve the others.
 * Used by its loop alone.
 */
// What a close or a promise comes to, its listeners learn.
@SuppressWarnings("FutureReturnValueIgnored")
final class Lines {
    /**
     * Idle connections go before common keep-alive times end: one that PekoPay closes just as a charge is written makes an
     * unknown outcome.
     */
    private static final Duration IDLE = Duration.ofSeconds(4);

    /** An address may mean another machine by then. */
    private static final Duration OLD = Duration.ofMinutes(5);

    private final EventLoop loop;
    private final Site site;
    private final EdgeClock clock;
    private final Bootstrap bootstrap;
    private final Deque<Line> resting = new ArrayDeque<>();

    /** @param connectTimeout of TCP */
    Lines(EventLoop loop, Site site, EdgeClock clock, Duration connectTimeout) {
        this.loop = loop;
        this.site = site;
        this.clock = clock;
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(HttpResources.get().onChannelClass(SocketChannel.class, loop))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
                .handler(new Setup());
    }

    EventLoop loop() {
        return loop;
    }

    /** By the connection that rested last, or a new one. */
    void carry(Exchange exchange) {
        for (Line line; (line = resting.pollLast()) != null; ) {
            if (line.isFree(IDLE)) {
                exchange.sendOn(line);
                return;
            }
            line.drop();
        }
        find(site.names(loop), exchange);
    }

    private <A extends SocketAddress> void find(AddressResolver<A> resolver, Exchange exchange) {
        resolver.resolveAll(site.unresolved()).addListener((FutureListener<List<A>>) found -> {
            if (found.isSuccess()) {
                connect(exchange, found.getNow().iterator());
            } else {
                exchange.failed(Kind.UNREACHABLE);
            }
        });
    }

    /** One address after the other, until one takes the connection. */
    private void connect(Exchange exchange, Iterator<? extends SocketAddress> addresses) {
        bootstrap.connect(addresses.next()).addListener((ChannelFutureListener) connected -> {
            if (connected.isSuccess()) {
                secure(exchange, connected.channel());
            } else if (addresses.hasNext() && exchange.waits()) {
                connect(exchange, addresses);
            } else {
                exchange.failed(Kind.UNREACHABLE);
            }
        });
    }

    private static void secure(Exchange exchange, Channel channel) {
        Line line = channel.pipeline().get(Line.class);
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            exchange.sendOn(line);
            return;
        }
        tls.handshakeFuture().addListener(shaken -> {
            if (shaken.isSuccess()) {
                exchange.sendOn(line);
            } else {
                channel.close();
                exchange.failed(Kind.TLS);
            }
        });
    }

    void rest(Line line) {
        resting.addLast(line);
    }

    void forget(Line line) {
        resting.removeLastOccurrence(line);
    }

    /** Closes what rests; what is under way ends first, and is idle then. */
    void close() {
        new ArrayList<>(resting).forEach(Line::drop);
    }

    private final class Setup extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            SslHandler tls = site.tls(channel.alloc());
            if (tls != null) {
                channel.pipeline().addLast(tls);
            }
            channel.pipeline()
                    .addLast(new IdleStateHandler(IDLE.toNanos(), 0, 0, TimeUnit.NANOSECONDS))
                    .addLast(new StrictCodec())
                    .addLast(new Line(Lines.this, channel, clock, OLD));
        }
    }
}
