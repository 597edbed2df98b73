package io.pekopayedge.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Nothing of what was read is held on to but its bytes. */
class WholeBodyTest {
    private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);
    private final List<ByteBuf> made = new ArrayList<>();

    private DataBuffer part(String text) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer();
        buffer.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        made.add(buffer);
        return buffers.wrap(buffer);
    }

    @Test
    void eachPart_isLetGoOf_beforeTheNextComes() {
        Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
        StepVerifier.create(WholeBody.of(body.asFlux(), 1000).map(WholeBodyTest::text))
                .then(() -> {
                    for (int i = 0; i < 1000; i++) {
                        body.tryEmitNext(part("x"));
                        assertThat(made.get(i).refCnt()).isZero();
                    }
                })
                .then(body::tryEmitComplete)
                .expectNext("x".repeat(1000))
                .verifyComplete();
    }

    @Test
    void body_isWhole_howeverItIsParted() {
        assertThat(text(Flux.just(part("one")))).isEqualTo("one");
        assertThat(text(Flux.just(part("o"), part(""), part("n"), part("e two three"), part("!"))))
                .isEqualTo("one two three!");
        assertThat(text(Flux.empty())).isEmpty();
    }

    @Test
    void tooLongABody_isGivenUp_andAllOfItLetGoOf() {
        StepVerifier.create(WholeBody.of(Flux.just(part("123"), part("456"), part("7")), 7))
                .expectNextCount(1)
                .verifyComplete();
        StepVerifier.create(WholeBody.of(Flux.just(part("123"), part("456"), part("78")), 7))
                .verifyError(DataBufferLimitException.class);
        assertThat(made).extracting(ByteBuf::refCnt).containsOnly(0);
    }

    private static String text(Flux<DataBuffer> body) {
        Mono<byte[]> whole = WholeBody.of(body, 100);
        return text(whole.block());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
