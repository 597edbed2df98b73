package io.pekopayedge.stream;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Leaks;
import java.util.Arrays;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Watches a stream for its tenant's secrets, holding back what at its end may be the beginning of one, so that not even a
 * part of one leaves, and an event goes on as it comes. Ends the stream with {@code upstream-error} where one is found. One
 * per stream.
 */
final class LeakScan {
    private static final byte[] NOTHING = {};

    private final Tenant tenant;
    private final DataBufferFactory buffers;
    private byte[] held = NOTHING;

    LeakScan(Tenant tenant, DataBufferFactory buffers) {
        this.tenant = tenant;
        this.buffers = buffers;
    }

    Flux<DataBuffer> watch(Flux<? extends DataBuffer> body) {
        return body.map(this::next)
                .filter(bytes -> bytes.length > 0)
                .concatWith(Mono.fromSupplier(() -> held))
                .filter(bytes -> bytes.length > 0)
                .map(buffers::wrap);
    }

    private byte[] next(DataBuffer buffer) {
        int length = buffer.readableByteCount();
        byte[] seen = Arrays.copyOf(held, held.length + length);
        buffer.read(seen, held.length, length);
        DataBufferUtils.release(buffer);
        if (Leaks.in(tenant, seen)) {
            throw EdgeProblem.of(Problem.UPSTREAM_ERROR, "PekoPay's answer was withheld.");
        }
        int passed = seen.length - Leaks.begunIn(tenant, seen);
        held = Arrays.copyOfRange(seen, passed, seen.length);
        return Arrays.copyOf(seen, passed);
    }
}
