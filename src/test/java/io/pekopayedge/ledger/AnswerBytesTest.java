package io.pekopayedge.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerBytesTest {
    private static final Answer WHOLE =
            new Answer(429, "a", "b", "c", "\u00e9", "", "{\"id\":1}".getBytes(StandardCharsets.UTF_8));

    @Test
    void read_whatWasWritten_isTheSame() {
        assertThat(AnswerBytes.read(AnswerBytes.of(WHOLE)))
                .usingRecursiveComparison()
                .isEqualTo(WHOLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void read_oneFieldMissing_isMissing(int which) {
        String[] field = {"a", "b", "c", "d", "e"};
        field[which] = null;
        Answer answer = new Answer(201, field[0], field[1], field[2], field[3], field[4], new byte[0]);
        assertThat(AnswerBytes.read(AnswerBytes.of(answer)))
                .usingRecursiveComparison()
                .isEqualTo(answer);
    }

    /** Replicas of two versions share one Redis. */
    @Test
    void of_isWhatOtherVersionsRead() {
        assertThat(AnswerBytes.of(WHOLE))
                .asHexString()
                .isEqualTo(
                        "0201AD" + "01000161" + "01000162" + "01000163" + "010002C3A9" + "010000" + "7B226964223A317D");
    }

    @Test
    void read_tornOrOfAnotherVersion_isNone() {
        byte[] bytes = AnswerBytes.of(WHOLE);
        for (int length = 0; length < bytes.length - WHOLE.body().length; length++) {
            assertThat(AnswerBytes.read(Arrays.copyOf(bytes, length))).isNull();
        }
        bytes[0]++;
        assertThat(AnswerBytes.read(bytes)).isNull();
    }
}
