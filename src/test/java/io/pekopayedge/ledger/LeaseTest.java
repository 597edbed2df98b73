package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.PAID;
import static io.pekopayedge.ledger.Charges.browser;
import static io.pekopayedge.ledger.Charges.token;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests that are kept in pieces are compared whole. */
class LeaseTest {
    private static final Digest WHOLE = new Digest(1, 2, 3, 4);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void admits_flowThatDiffersInOneQuarter_isAnother(int quarter) {
        Lease lease = new Lease(token(1), "acme", WHOLE, 0, true);
        assertThat(lease.admits(browser(token(1), "acme", new Digest(1, 2, 3, 4), "{}")))
                .isTrue();
        assertThat(lease.admits(browser(token(1), "acme", changed(quarter), "{}")))
                .isFalse();
        assertThat(lease.admits(browser(token(1), "acme", null, "{}"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void answers_requestThatDiffersInOneQuarter_isAnother(int quarter) {
        Entry.Answered answered = new Entry.Answered(new Lease(token(1), "acme", null, 0, true), WHOLE, PAID, 0);
        assertThat(answered.answers(new Digest(1, 2, 3, 4))).isTrue();
        assertThat(answered.answers(changed(quarter))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void isOf_tokenThatDiffersInOneQuarter_isAnother(int quarter) {
        Lease lease = new Lease(WHOLE, "acme", null, 0, true);
        assertThat(lease.token()).isEqualTo(WHOLE).isNotEqualTo(changed(quarter));
        assertThat(lease.isOf(WHOLE)).isTrue();
        assertThat(lease.isOf(changed(quarter))).isFalse();
    }

    private static Digest changed(int quarter) {
        long[] quarters = {1, 2, 3, 4};
        quarters[quarter] = 9;
        return new Digest(quarters[0], quarters[1], quarters[2], quarters[3]);
    }
}
