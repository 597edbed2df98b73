package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.FLOW;
import static io.pekopayedge.ledger.Charges.KEEP_FOR;
import static io.pekopayedge.ledger.Charges.LIFE;
import static io.pekopayedge.ledger.Charges.TIMEOUT;
import static io.pekopayedge.ledger.Charges.click;
import static io.pekopayedge.ledger.Charges.keyed;
import static io.pekopayedge.ledger.Charges.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Two operators with the same list before them: what one has settled, the other cannot settle otherwise. */
class StripeTest {
    private final OpenCharges open = new OpenCharges(DataSize.ofMegabytes(1).toBytes());
    private final Stripe stripe = new Stripe(
            Charges.settings(DataSize.ofMegabytes(4), UnknownToken.REFUSE),
            open,
            new AtRest(new TenantNumbers(), DataSize.ofMegabytes(3).toBytes()));

    private Entry.Unknown listed;

    @BeforeEach
    void twoUnknownCharges() {
        unknown(token(1));
        unknown(token(2));
        listed = stripe.unknown().get(0);
        assertThat(listed.lease().token()).isEqualTo(token(1));
    }

    @Test
    void settle_freeAfterItWasSettledAsCharged_changesNothing() {
        assertThat(stripe.settle(listed, true, 0)).isTrue();
        assertThat(stripe.settle(listed, false, 0)).isFalse();
        assertThat(stripe.unspent(token(1), 0)).isFalse();
        theOtherIsStillOpen();
    }

    @Test
    void settle_afterItWasFreedAndItsTokenIsOver_changesNothing() {
        assertThat(stripe.settle(listed, false, LIFE.toNanos())).isTrue();
        assertThat(stripe.settle(listed, true, LIFE.toNanos())).isFalse();
        assertThat(stripe.known(token(1))).isFalse();
        theOtherIsStillOpen();
    }

    @Test
    void settle_afterItWasForgotten_changesNothing() {
        assertThat(stripe.sweep(KEEP_FOR.toNanos(), 1).forgotten()).hasSize(1);
        assertThat(stripe.settle(listed, true, 0)).isFalse();
        assertThat(stripe.known(token(1))).isFalse();
        theOtherIsStillOpen();
    }

    @Test
    void settle_afterItWasFreedAndChargedAgain_changesNothing() {
        assertThat(stripe.settle(listed, false, 0)).isTrue();
        charge(token(1));
        assertThat(stripe.settle(listed, false, 0)).isFalse();
        assertThat(stripe.unknown()).hasSize(2).doesNotContain(listed);
        assertThat(open.unknownByTenant()).containsEntry("acme", 2);
    }

    /** Whoever began first is given up first. */
    @Test
    void sweep_someRunsOverAndSomeNot_givesUpTheOldest() {
        for (int i = 0; i < 100; i++) {
            Attempt attempt = click(token("run-" + i));
            stripe.lease(attempt.token(), "acme", FLOW, LIFE.toNanos(), i);
            assertThat(stripe.begin(attempt, i, 0)).isInstanceOf(Verdict.Send.class);
        }
        long over = TIMEOUT.plus(Stripe.MARGIN).toNanos();
        assertThat(stripe.sweep(over + 39, 1000).ended())
                .extracting(ended -> ended.lease().token())
                .isEqualTo(
                        IntStream.range(0, 40).mapToObj(i -> token("run-" + i)).toList());
    }

    /** An answer that cannot be kept leaves the charge running: it becomes unknown, and is not sent again. */
    @Test
    void finish_answerThatCannotBeStored_isNotForgotten() {
        Attempt attempt = keyed("order-1", "{}");
        assertThat(stripe.begin(attempt, 0, 0)).isInstanceOf(Verdict.Send.class);
        Answer answer = new Answer(201, null, null, "/" + "x".repeat(70_000), null, null, new byte[0]);
        assertThatThrownBy(() -> stripe.finish(attempt, new Outcome.Answered(answer), 0))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(stripe.begin(keyed("order-1", "{}"), 0, 0)).isInstanceOf(Verdict.Running.class);
        assertThat(stripe.sweep(LIFE.toNanos(), 10).ended()).hasSize(1);
    }

    private void theOtherIsStillOpen() {
        assertThat(stripe.unknown())
                .singleElement()
                .satisfies(other -> assertThat(other.lease().token()).isEqualTo(token(2)));
        assertThat(open.unknownByTenant()).containsEntry("acme", 1);
    }

    private void unknown(Digest token) {
        assertThat(stripe.lease(token, "acme", FLOW, LIFE.toNanos(), 0)).isTrue();
        charge(token);
    }

    private void charge(Digest token) {
        Attempt attempt = click(token);
        assertThat(stripe.begin(attempt, 0, 0)).isInstanceOf(Verdict.Send.class);
        stripe.finish(attempt, new Outcome.Unknown(), 0);
    }
}
