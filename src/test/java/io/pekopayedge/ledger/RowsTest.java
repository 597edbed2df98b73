package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.browser;
import static io.pekopayedge.ledger.Charges.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.ledger.Rows.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept in pieces comes back whole. */
class RowsTest {
    private static final Digest WHOLE = new Digest(1, -2, 3, Long.MIN_VALUE);

    private final Rows rows = new Rows(new TenantNumbers());

    @Test
    void lease_ofEachKind_isWhatWasPut() {
        for (Kind kind : Kind.values()) {
            for (boolean handedOut : new boolean[] {true, false}) {
                for (Digest flow : new Digest[] {WHOLE, null}) {
                    Lease lease = new Lease(token(kind), kind.name(), flow, -5, handedOut);
                    rows.makeRoom(lease);
                    int row = rows.add(kind, lease, -5, 1L << 50);
                    rows.setAge(row, 3, -1);
                    rows.setNext(row, 7);
                    assertThat(rows.kind(row)).isEqualTo(kind);
                    assertThat(rows.lease(row)).isEqualTo(lease);
                    assertThat(rows.place(row)).isEqualTo(1L << 50);
                    assertThat(rows.older(row)).isEqualTo(3);
                    assertThat(rows.newer(row)).isEqualTo(Rows.NONE);
                    assertThat(rows.next(row)).isEqualTo(7);
                    rows.spend(row);
                    assertThat(rows.kind(row)).isEqualTo(Kind.SPENT);
                    assertThat(rows.lease(row)).isEqualTo(lease);
                }
            }
        }
    }

    /** Over several pages. */
    @Test
    void remove_fromAnyPlace_theLastTakesIt() {
        for (int i = 0; i < 1000; i++) {
            add(i);
        }
        for (int size = 999; size >= 0; size--) {
            int gone = size * 7919 % (size + 1);
            Digest last = rows.lease(size).token();
            rows.remove(gone);
            assertThat(rows.size()).isEqualTo(size);
            if (gone != size) {
                assertThat(rows.lease(gone).token()).isEqualTo(last);
            }
        }
        assertThat(add(1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void isOf_tokenThatDiffersInOneQuarter_isAnother(int quarter) {
        int row = add(new Lease(WHOLE, "acme", null, 0, true));
        assertThat(rows.isOf(row, WHOLE)).isTrue();
        assertThat(rows.isOf(row, changed(quarter))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void admits_flowThatDiffersInOneQuarter_isAnother(int quarter) {
        Lease lease = rows.lease(add(new Lease(token(1), "acme", WHOLE, 0, true)));
        assertThat(lease.admits(browser(token(1), "acme", WHOLE, "{}"))).isTrue();
        assertThat(lease.admits(browser(token(1), "acme", changed(quarter), "{}")))
                .isFalse();
        assertThat(lease.admits(browser(token(1), "acme", null, "{}"))).isFalse();
        assertThat(lease.admits(browser(token(1), "bistro", WHOLE, "{}"))).isFalse();
    }

    @Test
    void lease_ofOneOfManyTenants_isThatTenants() {
        for (int i = 0; i < 300; i++) {
            add(i);
        }
        for (int i = 0; i < 300; i++) {
            assertThat(rows.lease(i).tenant()).isEqualTo("tenant-" + i % 200);
        }
    }

    private int add(int i) {
        return add(new Lease(token(i), "tenant-" + i % 200, null, 0, true));
    }

    private int add(Lease lease) {
        rows.makeRoom(lease);
        return rows.add(Kind.LEASE, lease, lease.until(), 0);
    }

    private static Digest changed(int quarter) {
        long[] quarters = {1, -2, 3, Long.MIN_VALUE};
        quarters[quarter]++;
        return new Digest(quarters[0], quarters[1], quarters[2], quarters[3]);
    }
}
