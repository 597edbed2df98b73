package io.pekopayedge.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The least that answers with a token: a counter as JSON. */
@SpringBootConfiguration
@EnableAutoConfiguration
class MinimalHandler {
    record Token(String token, String expiresAt) {}

    @RestController
    static class Handler {
        private final AtomicLong next = new AtomicLong();

        @GetMapping("/t/acme/api/payment-token/refresh")
        Mono<Token> token() {
            return Mono.just(new Token("sess_" + next.incrementAndGet(), "2030-01-01T00:00:00Z"));
        }
    }

    public static void main(String[] arguments) {
        SpringApplication.run(MinimalHandler.class, arguments);
    }
}
