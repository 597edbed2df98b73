package io.pekopayedge.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FifoTest {
    private final Fifo fifo = new Fifo();

    /** A lease that is freed comes back as the youngest. */
    @Test
    void anyOrderOfAddsAndRemoves_keepsTheOrderAndTheWeight() {
        Random random = new Random(3);
        List<Lease> out = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            out.add(new Lease(Charges.token(i), "acme", null, 0, true));
        }
        List<Lease> in = new ArrayList<>();
        for (int step = 0; step < 10_000; step++) {
            if (!out.isEmpty() && random.nextBoolean()) {
                Lease lease = out.remove(random.nextInt(out.size()));
                fifo.add(lease);
                in.add(lease);
            } else if (!in.isEmpty()) {
                Lease lease = in.remove(random.nextInt(in.size()));
                fifo.remove(lease);
                out.add(lease);
                assertThat(lease.older).isNull();
                assertThat(lease.newer).isNull();
            }
            assertThat(fifo.entries()).isEqualTo(in);
            assertThat(fifo.oldest()).isEqualTo(in.isEmpty() ? null : in.get(0));
            assertThat(fifo.weight()).isEqualTo((long) in.size() * Lease.WEIGHT);
        }
    }
}
