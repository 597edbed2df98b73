package io.pekopayedge.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TapeTest {
    private final Tape tape = new Tape();
    private final Random random = new Random(5);

    private record Written(long place, byte[] bytes) {}

    /** Of every length from nothing to several pages; heads and bodies meet the ends of pages. */
    @Test
    void anyOrderOfAddsAndRemoves_readsWhatWasWritten() {
        Deque<Written> there = new ArrayDeque<>();
        long bytes = 0;
        for (int step = 0; step < 20_000; step++) {
            boolean grows = step / 1000 % 2 == 0; // so that it is emptied at times
            if (random.nextInt(5) < (grows ? 3 : 1)) {
                byte[] record = new byte[random.nextInt(50) == 0 ? random.nextInt(3 * Tape.PAGE) : random.nextInt(300)];
                random.nextBytes(record);
                there.add(new Written(tape.add(record), record));
                bytes += record.length + 4;
            } else if (!there.isEmpty()) {
                bytes -= there.remove().bytes().length + 4;
                tape.removeOldest();
            }
            assertThat(tape.bytes()).isEqualTo(bytes);
            if (!there.isEmpty()) {
                assertRead(there.getFirst());
                assertRead(there.getLast());
            }
            if (step % 100 == 0) {
                there.forEach(this::assertRead);
            }
        }
    }

    private void assertRead(Written written) {
        assertThat(tape.read(written.place())).isEqualTo(written.bytes());
    }
}
