package io.pekopayedge.sandbox;

import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How PekoPay meets a request, instead of plainly answering it. Write your own for anything else:
 * {@code exchange.response()} is Reactor Netty's, down to the channel.
 */
@FunctionalInterface
public interface Behaviour {
    Publisher<Void> meet(Exchange exchange);

    /** Does its work at once, tells the result so much later. */
    static Behaviour late(Duration delay) {
        return exchange -> {
            Reply done = exchange.proceed();
            return Mono.delay(delay).thenMany(Flux.defer(() -> exchange.send(done)));
        };
    }

    /** Does its work at once, tells the result when that ends. */
    static Behaviour after(Publisher<?> gate) {
        return exchange -> {
            Reply done = exchange.proceed();
            return Flux.from(gate).thenMany(Flux.defer(() -> exchange.send(done)));
        };
    }

    /** Does nothing and answers this. */
    static Behaviour answering(Reply reply) {
        return exchange -> exchange.send(reply);
    }

    /** Does its work (a charge counts), then answers this instead of the result. */
    static Behaviour workingThenAnswering(Reply reply) {
        return exchange -> {
            exchange.proceed();
            return exchange.send(reply);
        };
    }

    /** Does its work and never answers. */
    static Behaviour hanging() {
        return exchange -> {
            exchange.proceed();
            return Mono.never();
        };
    }

    /** Does its work, then cuts the connection with a TCP reset. */
    static Behaviour workingThenReset() {
        return exchange -> {
            exchange.proceed();
            return exchange.reset();
        };
    }

    /** Does its work, then closes the connection in good order without a word. */
    static Behaviour workingThenClose() {
        return exchange -> {
            exchange.proceed();
            return exchange.close();
        };
    }
}
