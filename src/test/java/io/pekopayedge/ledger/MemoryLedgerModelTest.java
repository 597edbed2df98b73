package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.LIFE;
import static io.pekopayedge.ledger.Charges.TIMEOUT;

import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.time.Duration;
import java.util.List;
import org.springframework.util.unit.DataSize;

class MemoryLedgerModelTest extends LedgerModel {
    private final ManualTime time = new ManualTime();
    private MemoryLedger ledger = fresh();

    private MemoryLedger fresh() {
        return new MemoryLedger(Charges.settings(DataSize.ofMegabytes(64), UnknownToken.REFUSE), time.clock);
    }

    @Override
    TokenLedger ledger() {
        return ledger;
    }

    @Override
    void runsAreOver(List<Digest> running) {
        if (!running.isEmpty()) {
            time.pass(TIMEOUT.plusSeconds(5));
        }
    }

    @Override
    void livesAreOver(List<Digest> known) {
        time.pass(LIFE.plus(Duration.ofSeconds(1)));
    }

    @Override
    boolean restart() {
        ledger = fresh();
        return false;
    }

    @Override
    int walks() {
        return Integer.getInteger("chaos.walks", 1000);
    }
}
