package io.pekopayedge.stream;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.Leaks;
import java.util.Arrays;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Watches a stream for its tenant's secrets, holding back as many bytes as a secret could begin in, so that not even a
 * part of one leaves. Ends the stream with {@code upstream-error} where one is found. One per stream.
 */
final class LeakScan {
    private static final byte[] NOTHING = {};

    private final Tenant tenant;
    private final DataBufferFactory buffers;
    private final int window;
    private byte[] held = NOTHING;

    LeakScan(Tenant tenant, DataBufferFactory buffers) {
        this.tenant = tenant;
        this.buffers = buffers;
        BasicCredentials previous = tenant.previousCredentials();
        this.window = Math.max(longest(tenant.credentials()), previous == null ? 0 : longest(previous)) - 1;
    }

    private static int longest(BasicCredentials credentials) {
        return Arrays.stream(credentials.forbidden())
                .mapToInt(f -> f.length)
                .max()
                .orElse(1);
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
        int passed = Math.max(0, seen.length - window);
        held = Arrays.copyOfRange(seen, passed, seen.length);
        return Arrays.copyOf(seen, passed);
    }
}
