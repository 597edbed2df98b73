package io.pekopayedge.edge;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Shoppers who come at a steady rate, whatever the gateway does: each in a flow of its own gets a token and charges it
 * once. They come until {@link #close}, which waits for those who are there.
 */
final class Shoppers implements AutoCloseable {
    /** What went otherwise than 200, then 201. */
    final Queue<String> failures = new ConcurrentLinkedQueue<>();

    private final ScheduledExecutorService door = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger came = new AtomicInteger();
    private final AtomicInteger paid = new AtomicInteger();
    private final EdgeUnderTest edge;
    private final String tenant;

    Shoppers(EdgeUnderTest edge, String tenant, int perSecond) {
        this.edge = edge;
        this.tenant = tenant;
        long every = 1_000_000_000L / perSecond;
        var unused = door.scheduleAtFixedRate(this::comes, 0, every, NANOSECONDS);
    }

    private void comes() {
        came.incrementAndGet();
        String flow = UUID.randomUUID().toString();
        edge.sendAsync("GET", "/t/" + tenant + "/api/payment-token/refresh", null, "X-Checkout-Flow", flow)
                .thenCompose(answer -> edge.chargeAsync(tenant, flow, EdgeUnderTest.token(answer)))
                .whenComplete((answer, error) -> {
                    if (error == null && answer.statusCode() == 201) {
                        paid.incrementAndGet();
                    } else {
                        failures.add(error != null ? error.toString() : answer.statusCode() + " " + answer.body());
                    }
                });
    }

    int paid() {
        return paid.get();
    }

    /** Until so many more have paid, or one could not. */
    void awaitPaid(int more) {
        int enough = paid.get() + more;
        await().atMost(Duration.ofSeconds(30 + more)).until(() -> paid.get() >= enough || !failures.isEmpty());
    }

    @Override
    public void close() {
        door.shutdown();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> door.isTerminated() && paid.get() + failures.size() == came.get());
    }
}
