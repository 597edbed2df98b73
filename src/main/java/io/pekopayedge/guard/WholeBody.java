package io.pekopayedge.guard;

import java.util.Arrays;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A body in one array. Each part is copied and let go of as it comes: kept as it is, a chunk of one byte holds on to a
 * hundred, and to what was read together with it. Any thread.
 */
public final class WholeBody {
    private final int most;
    private byte[] bytes = new byte[0];
    private int size;

    private WholeBody(int most) {
        this.most = most;
    }

    /**
     * @param most bytes
     * @return empty bytes for an empty body; {@link DataBufferLimitException} for one that is longer
     */
    public static Mono<byte[]> of(Flux<DataBuffer> body, int most) {
        return Mono.defer(() -> {
            WholeBody whole = new WholeBody(most);
            return body.doOnNext(whole::take).then(Mono.fromSupplier(whole::bytes));
        });
    }

    private void take(DataBuffer part) {
        try {
            int more = part.readableByteCount();
            if (more > most - size) {
                throw new DataBufferLimitException("more than " + most + " bytes");
            }
            if (more > bytes.length - size) {
                bytes = Arrays.copyOf(bytes, Math.max(size + more, Math.min(most, 2 * bytes.length)));
            }
            part.read(bytes, size, more);
            size += more;
        } finally {
            DataBufferUtils.release(part);
        }
    }

    private byte[] bytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
