package io.pekopayedge.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.channel.EventLoop;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/**
 * Sends one request to PekoPay, once: no retry, no redirect, no decompression. A call that a connection's event loop asks
 * for stays on that loop, and its answer comes there. Any thread; never blocks. Cancelling a call closes its connection,
 * and says nothing about whether PekoPay has processed it.
 */
public final class PekoPayClient implements PekoPayPort, AutoCloseable {
    /** Bytes of the largest answer that is read. */
    public static final int LARGEST_ANSWER = 1 << 20;

    private static final Duration UNUSED = Duration.ofHours(1);

    /** Addresses that were called of late: tenants come and go. */
    private final Cache<URI, Site> sites;

    private final EdgeClock clock;
    private final Duration connectTimeout;
    private final UpstreamTls tls;

    /**
     * @param connectTimeout of TCP
     * @param tls where an address says {@code https}
     */
    public PekoPayClient(Duration connectTimeout, EdgeClock clock, UpstreamTls tls) {
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.tls = tls;
        this.sites = Caffeine.newBuilder()
                .expireAfterAccess(UNUSED)
                .ticker(clock.ticker())
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Mono<UpstreamReply> call(UpstreamRequest request, BasicCredentials credentials, Duration limit) {
        return Mono.create(answer -> begin(request, credentials, limit, answer));
    }

    private void begin(
            UpstreamRequest request, BasicCredentials credentials, Duration limit, MonoSink<UpstreamReply> answer) {
        Site site = site(request.tenant().baseUrl());
        Exchange exchange = new Exchange(site.message(request, credentials), clock, limit, answer);
        // The loop of this thread, if it is one's.
        EventLoop loop =
                HttpResources.get().onClient(LoopResources.DEFAULT_NATIVE).next();
        answer.onCancel(() -> on(loop, exchange::cancelled));
        try {
            on(loop, () -> exchange.begin(site.on(loop)));
        } catch (RejectedExecutionException stopped) {
            answer.error(new UpstreamFailure(Kind.UNREACHABLE));
        }
    }

    private static void on(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private Site site(URI baseUrl) {
        Site known = sites.getIfPresent(baseUrl);
        return known != null ? known : sites.get(baseUrl, this::newSite);
    }

    private Site newSite(URI baseUrl) {
        return new Site(
                baseUrl, tls, clock, connectTimeout, () -> HttpResources.get().getOrCreateDefaultResolver());
    }

    @Override
    public void close() {
        sites.asMap().values().forEach(Site::close);
    }
}
