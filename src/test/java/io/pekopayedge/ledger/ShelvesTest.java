package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.keyed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ShelvesTest {
    private final Shelves shelves =
            new Shelves(new OpenCharges(DataSize.ofMegabytes(1).toBytes()), new AtRest(new TenantNumbers(), 1 << 20));

    /** Want of memory can come at any time; here it is an answer that is none. An unknown key would be sent again. */
    @Test
    void put_endThatCannotBeStored_theChargeIsStillOpen() {
        Attempt attempt = keyed("order-1", "{}");
        Lease lease = new Lease(attempt.token(), "acme", null, 0, false);
        Entry running = new Entry.Running(lease, attempt, 0, 1);
        shelves.put(running);
        Entry.Answered end = new Entry.Answered(lease, attempt.request(), null, 1);
        assertThatThrownBy(() -> shelves.put(end)).isInstanceOf(NullPointerException.class);
        assertThat(shelves.get(attempt.token())).isSameAs(running);
        assertThat(shelves.longestRunning()).isSameAs(running);
    }
}
