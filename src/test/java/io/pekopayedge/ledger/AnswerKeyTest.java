package io.pekopayedge.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerKeyTest {
    private static final byte[] CLEAR = "{\"id\":\"txn_1\"}".getBytes(StandardCharsets.UTF_8);
    private static final Digest PLACE = Charges.token(1);

    private final AnswerKey key = AnswerKey.ofToken("sess_marker");

    @Test
    void open_ownSeal_givesTheBytes() {
        assertThat(AnswerKey.ofToken("sess_marker").open(key.seal(CLEAR, PLACE), PLACE))
                .isEqualTo(CLEAR);
    }

    @Test
    void seal_twice_differsAndHidesTheBytes() {
        byte[] sealed = key.seal(CLEAR, PLACE);
        assertThat(sealed).isNotEqualTo(key.seal(CLEAR, PLACE));
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("txn_1");
    }

    @Test
    void open_otherKeyPlaceOrBytes_isNull() {
        byte[] sealed = key.seal(CLEAR, PLACE);
        assertThat(AnswerKey.ofToken("sess_other").open(sealed, PLACE)).isNull();
        assertThat(AnswerKey.ofIdempotencyKey("acme", "sess_marker").open(sealed, PLACE))
                .isNull();
        assertThat(key.open(sealed, Charges.token(2))).isNull();
        sealed[sealed.length - 1] ^= 1;
        assertThat(key.open(sealed, PLACE)).isNull();
        assertThat(key.open(new byte[5], PLACE)).isNull();
    }

    @Test
    void toString_neverShowsTheKey() {
        assertThat(key).hasToString("****");
        assertThat(Charges.click(PLACE).toString()).contains("answerKey=****");
    }
}
