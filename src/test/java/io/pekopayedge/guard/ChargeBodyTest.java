package io.pekopayedge.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.core.JsonPointer;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChargeBodyTest {
    private static final String TOKEN = "\"paymentToken\":\"sess_secretsecret\"";

    @Test
    void read_typicalBody_givesTokenAndIntent() {
        ChargeBody body = read("{" + TOKEN + ",\"customerId\":\"c-1\",\"intent\":\"charge\",\"cart\":[{\"id\":1}]}");
        assertThat(body.paymentToken()).isEqualTo("sess_secretsecret");
        assertThat(body.intent()).isEqualTo("charge");
        assertThat(body).hasToString("ChargeBody[****]");
    }

    @Test
    void read_withoutIntent_isNull() {
        assertThat(read("{" + TOKEN + "}").intent()).isNull();
    }

    @Test
    void read_withoutTokenWhereNoneIsRequired_isNull() {
        assertThat(ChargeBody.read(bytes("{\"a\":1}"), List.of(), false).paymentToken())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "nonsense",
                "{}{}",
                "{} x",
                "{\"paymentToken\":\"sess_secret\"} {}",
                "{\"paymentToken\":\"sess_secret\"}]",
                "{\"paymentToken\":\"sess_secret\",}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":+1}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":1/*x*/}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\" 1}",
                "{\"a\":[1,]}",
                "{\"a\":[1,,2]}",
                "{\"a\":tru}",
                "[1",
                "\"secret",
                "{\"a\":1,\"a\":2",
                "{\"a\":\"4242424242424242\"",
                "\u0000",
                "{\"paymentToken\":\"sess_secret\"}\u0000"
            })
    void read_notOneJsonDocument_isMalformed(String body) {
        assertRefused(body, Problem.MALFORMED_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE"})
    void read_otherEncoding_isMalformed(String charset) {
        byte[] body = ("{" + TOKEN + "}").getBytes(Charset.forName(charset));
        assertRefused(body, Problem.MALFORMED_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff",
                "fe",
                "80",
                "c080",
                "c0af",
                "e08080",
                "eda080",
                "edbfbf",
                "f0808080",
                "f4908080",
                "f5808080",
                "c3",
                "e282",
                "f09f98",
                "c328",
                "e28228",
                "f8888080",
                "efbbbf"
            })
    void read_invalidUtf8_isMalformed(String hex) {
        byte[] start = bytes("{\"a\":\"");
        byte[] body = concat(start, HexFormat.of().parseHex(hex), bytes("\"," + TOKEN + "}"));
        if (hex.equals("efbbbf")) {
            // Within a string it is a character; in front it is a byte order mark.
            assertThat(ChargeBody.read(body, List.of(), true).paymentToken()).isNotNull();
            body = concat(HexFormat.of().parseHex(hex), bytes("{" + TOKEN + "}"));
        }
        assertRefused(body, Problem.MALFORMED_REQUEST);
    }

    @Test
    void read_cardInAName_isRefused_thoughItStartsAsATokenWould() {
        for (String name : List.of("4242424242424242", "sess_4242424242424242", "sess_4242 4242 4242 4242")) {
            assertRefused("{" + TOKEN + ",\"a\":{\"" + name + "\":1}}", Problem.CARD_DATA_REFUSED);
        }
        assertThat(read("{" + TOKEN + ",\"sess_4242424242424242abcdef\":1}").paymentToken())
                .isNotNull();
    }

    @Test
    void read_everyPlane_passes() {
        assertThat(read("{\"a\":\"é€😀\uE000\uFFFD\",\"\u0416\":1," + TOKEN + "}")
                        .paymentToken())
                .isNotNull();
    }

    @Test
    void read_depth_64PassesAnd65IsMalformed() {
        assertThat(read("{" + TOKEN + ",\"a\":" + "[".repeat(63) + "]".repeat(63) + "}")
                        .intent())
                .isNull();
        assertRefused("{" + TOKEN + ",\"a\":" + "[".repeat(64) + "]".repeat(64) + "}", Problem.MALFORMED_REQUEST);
        assertRefused("{\"a\":".repeat(65) + "1" + "}".repeat(65), Problem.MALFORMED_REQUEST);
        assertRefused("[".repeat(100_000), Problem.MALFORMED_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[{\"paymentToken\":\"sess_secret\"}]",
                "null",
                "1",
                "\"sess_secret\"",
                "true",
                "{}",
                "{\"paymentToken\":null}",
                "{\"paymentToken\":1}",
                "{\"paymentToken\":[\"sess_secret\"]}",
                "{\"paymentToken\":{\"a\":\"sess_secret\"}}",
                "{\"paymentToken\":\"\"}",
                "{\"paymentToken\":\"sess secret\"}",
                "{\"paymentToken\":\"sess_secret\\n\"}",
                "{\"paymentToken\":\"sess_sécret\"}",
                "{\"paymentToken\":\"sess_\\u007f\"}",
                "{\"a\":{\"paymentToken\":\"sess_secret\"}}",
                "{\"payment\u0422oken\":\"sess_secret\"}",
                "{\"p\u0430ymentToken\":\"sess_secret\"}"
            })
    void read_notAnObjectWithUsableToken_isInvalid(String body) {
        assertRefused(body, Problem.CHARGE_INVALID);
    }

    @Test
    void read_tokenLength_4096PassesAnd4097IsInvalid() {
        assertThat(read("{\"paymentToken\":\"" + "x".repeat(4096) + "\"}").paymentToken())
                .hasSize(4096);
        assertRefused("{\"paymentToken\":\"" + "x".repeat(4097) + "\"}", Problem.CHARGE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\":1,\"a\":2",
                "\"a\":1,\"\\u0061\":2",
                "\"x\":{\"a\":1,\"a\":1}",
                "\"x\":[[{\"a\":1,\"b\":{},\"a\":1}]]",
                "\"paymentToken\":\"sess_other\"",
                "\"\":1,\"\":2",
                "\"paymenttoken\":1",
                "\"payment_token\":1",
                "\"Payment-Token\":1",
                "\"PAYMENTTOKEN\":null",
                "\"_paymentToken\":1",
                "\"\\u0070ayment\\u005ftoken\":1",
                "\"ｐａｙｍｅｎｔＴｏｋｅｎ\":1",
                "\"payment\u200BToken\":1",
                "\"payment\u00ADToken\":1",
                "\"paymentToken\\u0000\":1",
                "\"\\u0007intent\":1",
                "\"paymentTo\u212Aen\":1",
                "\"Intent\":\"charge\"",
                "\"in-tent\":\"charge\"",
                "\"\u0130ntent\":\"charge\"",
                "\"\u0131ntent\":\"charge\"",
                "\"intent\":null",
                "\"intent\":1",
                "\"intent\":[\"charge\"]",
                "\"intent\":\"charge\",\"intent\":\"charge\""
            })
    void read_ambiguousOrWrongMember_isInvalid(String members) {
        assertRefused("{" + TOKEN + "," + members + "}", Problem.CHARGE_INVALID);
        assertRefused("{" + members + "," + TOKEN + "}", Problem.CHARGE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\":\"a\",\"b\":\"a\"",
                "\"x\":{\"a\":1},\"y\":{\"a\":1}",
                "\"x\":[{\"a\":1},{\"a\":1}]",
                "\"x\":{\"paymentToken\":\"sess_other\",\"Intent\":1}",
                "\"paymentTokens\":1",
                "\"intents\":1",
                "\"id\":\"1234567890123456\"",
                "\"id\":1700000000000",
                "\"phone\":\"+4915112345678\"",
                "\"huge\":1e999999999",
                "\"tiny\":1e-999999999",
                "\"other\":\"sess_4242424242424242\"",
                "\"pan\":\"ABCDE1234F\"",
                "\"cid\":\"12\"",
                "\"cid\":[\"cus_1\",[12]]",
                "\"cid\":[{\"no\":\"123\"}]",
                "\"a\":\"\\ud800\""
            })
    void read_harmlessMember_passes(String members) {
        assertThat(read("{" + TOKEN + "," + members + "}").paymentToken()).isEqualTo("sess_secretsecret");
        assertThat(read("{" + members + "," + TOKEN + "}").paymentToken()).isEqualTo("sess_secretsecret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"id\":\"4242424242424242\"",
                "\"id\":\"cus_4242424242424242\"",
                "\"id\":\"4242 4242 4242 4242\"",
                "\"id\":\"\\u0034242424242424242\"",
                "\"id\":\"４２４２４２４２４２４２４２４２\"",
                "\"id\":\"4242\u200B424242424242\"",
                "\"id\":4242424242424242",
                "\"id\":4.242424242424242e15",
                "\"4242424242424242\":1",
                "\"x\":{\"y\":[[{\"4242-4242-4242-4242\":true}]]}",
                "\"x\":{\"y\":[1,[{\"z\":\"3782 822463 10005\"}]]}",
                "\"x\":[null,4242424242424242]",
                "\"cvv\":\"123\"",
                "\"cvv\":null",
                "\"card\":{\"CVC\":{}}",
                "\"card\":{\"card_number\":[]}",
                "\"\\u0063vv\":1",
                "\"cid\":\"123\"",
                "\"cid\":1234",
                "\"cid\":[\"123\"]",
                "\"x\":{\"C_I_D\":[12,[[\"1234\"]]]}",
                "\"pan\":[\"ABCDE1234F\",424242424242]",
                "\"pan\":424242424242",
                "\"intent\":\"4242424242424242\"",
                "\"a\":1,\"a\":\"4242424242424242\""
            })
    void read_cardData_isRefused(String members) {
        assertRefused("{" + TOKEN + "," + members + "}", Problem.CARD_DATA_REFUSED);
        assertRefused("{" + members + "," + TOKEN + "}", Problem.CARD_DATA_REFUSED);
    }

    @Test
    void read_tokenThatIsACard_isRefused() {
        assertRefused("{\"paymentToken\":\"4242424242424242\"}", Problem.CARD_DATA_REFUSED);
        assertThat(read("{\"paymentToken\":\"sess_4242424242424242\"}").paymentToken())
                .isEqualTo("sess_4242424242424242");
    }

    @Test
    void read_skippedPointer_isNotScannedButItsNeighboursAre() {
        List<JsonPointer> skip =
                List.of(JsonPointer.compile("/order/id"), JsonPointer.compile("/items/1"), JsonPointer.compile("/raw"));
        String skipped = "\"order\":{\"id\":\"4242424242424242\"},\"items\":[1,4242424242424242],"
                + "\"raw\":{\"deep\":[{\"cvv\":\"4242424242424242\"}]}";
        assertThat(ChargeBody.read(bytes("{" + TOKEN + "," + skipped + "}"), skip, true)
                        .paymentToken())
                .isNotNull();
        for (String other : List.of(
                "\"order\":{\"no\":\"4242424242424242\"}",
                "\"items\":[4242424242424242,1]",
                "\"order\":{\"id\":{\"a\":1},\"b\":\"4242424242424242\"}",
                "\"raw\":{\"deep\":[]},\"x\":\"4242424242424242\"",
                "\"order\":{\"4242424242424242\":1}")) {
            assertRefused(bytes("{" + TOKEN + "," + other + "}"), skip, Problem.CARD_DATA_REFUSED);
        }
        assertRefused(bytes("{" + TOKEN + ",\"raw\":{\"a\":1,\"a\":2}}"), skip, Problem.CHARGE_INVALID);
    }

    /** A path of thousands of characters must not be written out for each of thousands of values. */
    @Test
    void read_longNamesOverManyValues_costNotTheirProduct() {
        String name = "c" + "-".repeat(400_000);
        String body = "{" + TOKEN + ",\"" + name + "\":[" + "1,".repeat(300_000) + "1]}";
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(ChargeBody.read(bytes(body), List.of(JsonPointer.compile("/order/id")), true)
                                .paymentToken())
                        .isNotNull());
    }

    @Test
    void read_tenThousandKeys_passesEvenIfTheirHashesCollide() {
        String keys =
                IntStream.range(0, 10_000).mapToObj(i -> "\"k" + i + "\":" + i).collect(Collectors.joining(","));
        String colliding = IntStream.range(0, 8192)
                .mapToObj(i -> "\"" + colliding(i) + "\":0")
                .collect(Collectors.joining(","));
        assertThat(read("{" + TOKEN + "," + keys + "}").paymentToken()).isNotNull();
        long start = System.nanoTime();
        assertThat(read("{" + TOKEN + "," + colliding + "}").paymentToken()).isNotNull();
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
        assertRefused("{" + TOKEN + "," + keys + ",\"k77\":1}", Problem.CHARGE_INVALID);
    }

    @Test
    void read_numberOfAMillionDigits_passes() {
        assertThat(read("{" + TOKEN + ",\"a\":" + "9".repeat(1_000_000) + "}").paymentToken())
                .isNotNull();
    }

    /** {@code Aa} and {@code BB} have one hash, and so have all words of them. */
    private static String colliding(int number) {
        return IntStream.range(0, 13)
                .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
                .collect(Collectors.joining());
    }

    private static ChargeBody read(String body) {
        return ChargeBody.read(bytes(body), List.of(), true);
    }

    private static void assertRefused(String body, Problem problem) {
        assertRefused(bytes(body), problem);
    }

    private static void assertRefused(byte[] body, Problem problem) {
        assertRefused(body, List.of(), problem);
    }

    private static void assertRefused(byte[] body, List<JsonPointer> skip, Problem problem) {
        EdgeProblem refusal = catchThrowableOfType(EdgeProblem.class, () -> ChargeBody.read(body, skip, true));
        assertThat(refusal).isNotNull();
        assertThat(refusal.problem()).isEqualTo(problem);
        assertThat(refusal.getMessage()).doesNotContain("secret", "4242", "\"");
        assertThat(refusal.getCause()).isNull();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(byte[]... parts) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
