package io.pekopayedge.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CardDataTest {
    private static final String CARD = "4242424242424242";

    static Stream<String> cards() {
        return Stream.of(
                "4242424242424242",
                "4000056655665556",
                "5555555555554444",
                "2223003122003222",
                "378282246310005",
                "6011111111111117",
                "3056930009020004",
                "36227206271667",
                "3566002020360505",
                "6200000000000005",
                "6205500000000000004",
                "6703444444444449",
                "6362970000457013",
                "5019555544445555");
    }

    @ParameterizedTest
    @MethodSource("cards")
    void inText_publicTestNumber_isFoundInEveryPlace(String card) {
        assertThat(CardData.inText(card)).isTrue();
        assertThat(CardData.inText("my card is " + card + ", thanks")).isTrue();
        assertThat(CardData.inText("cus_" + card)).isTrue();
        assertThat(CardData.inText(";" + card + "=3012101?")).isTrue();
        assertThat(CardData.inText("%B" + card + "^DOE/J^30121010000?")).isTrue();
        assertThat(CardData.inNumber(card)).isTrue();
        assertThat(CardData.inQuery("a=b&c=" + card)).isTrue();
        assertThat(CardData.inQuery("sess_" + card + "=1")).isTrue();
        assertThat(CardData.inQuery("token=sess_" + card)).isFalse();
        assertThat(CardData.inHeader(card)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242 4242 4242 4242",
                "4242-4242-4242-4242",
                "4242.4242.4242.4242",
                "4242\u00A04242\u00A04242\u00A04242",
                "4242\u20134242\u20134242\u20134242",
                "3782-822463-10005",
                "3622-720627-1667",
                "6205-5000-0000-0000-004",
                "4242 4242 4242 4242 123",
                "4242 4242 4242 4242 12/30",
                "2026 4242 4242 4242 4242",
                "４２４２４２４２４２４２４２４２",
                "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
                "۴۲۴۲۴۲۴۲۴۲۴۲۴۲۴۲",
                "४२४२४२४२४२४२४२४२",
                "④②④②④②④②④②④②④②④②",
                "𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐",
                "4242\u200B4242\u200C4242\u200D4242",
                "4\u20602\uFEFF4\u00AD2424242424242",
                "4\uFE0F\u20E32\uFE0F\u20E34\uFE0F\u20E32\uFE0F\u20E3424242424242",
                "4242\u034F424242424242",
                "4\u31642\uFFA04\u115F2\u2800424242424242",
                "4242\u0000424242424242",
                "4\b2\u00074\u007F2424242424242",
                "4242\u000B4242\f4242\u001F4242",
                "4242\u0085424242424242",
                "4.242424242424242e15",
                "42424242424242.42E+2",
                "Karte: ４２４２－４２４２－４２４２－４２４２",
                "{\"card\":\"4242424242424242\"}",
                "x/4242424242424242/y",
                "#4242424242424242#",
                "Müller 4242424242424242",
                "4242424242424242\n"
            })
    void inText_disguise_isFound(String text) {
        assertThat(CardData.inText(text)).isTrue();
        assertThat(CardData.inQuery("note=" + URLEncoder.encode(text, StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(CardData.inQuery(URLEncoder.encode(text, StandardCharsets.UTF_8) + "=1"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1234567890123456",
                "1700000000000",
                "1700000000000000",
                "1700000000000000000",
                "+4915112345678",
                "+4242424242424242",
                "490154203237518",
                "8944110068204111250",
                "4006381333931",
                "4242424242424241",
                "424242424242424",
                "0000000000000000",
                "42424242-4242-4242-8242-424242424242",
                "sess_4242424242424242abcdef",
                "sess_4242424242424242",
                "DE89370400440532013000",
                "DE89 3704 0044 0532 0130 00",
                "2026-11-22T21:15:38.123456789Z",
                "4242424242424242abc",
                "42424242424242424242424242424242",
                "4242  4242  4242  4242",
                "4242_4242_4242_4242",
                "42-4242-4242-4242-42",
                "4242424242424242٤",
                "",
                "Grüße aus Köln 2026"
            })
    void inText_lookAlike_passes(String text) {
        assertThat(CardData.inText(text)).isFalse();
        assertThat(CardData.inQuery("note=" + URLEncoder.encode(text, StandardCharsets.UTF_8)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242424242424242",
                "-4242424242424242",
                "4242424242424242.0",
                "4242424242424242.5",
                "4.242424242424242e15",
                "4.242424242424242E+15",
                "42424242424242420000e-4",
                "0.04242424242424242e17",
                "3.6227206271667e13",
                "600000000000000e1",
                "6.2e15"
            })
    void inNumber_cardByValue_isFoundIffItsDigitsAreACard(String number) {
        boolean card =
                CardData.inText(new java.math.BigDecimal(number).toBigInteger().abs() + "");
        assertThat(CardData.inNumber(number)).isEqualTo(card);
        assertThat(CardData.inNumber("4242424242424242")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1700000000000",
                "19.990000000000002",
                "0.4242424242424242",
                "1e999999999",
                "1e-999999999",
                "4e99999999999999999999",
                "0e99999999999999999999",
                "0.0",
                "424242424242424",
                "42424242424242424242424242424242"
            })
    void inNumber_otherNumber_passes(String number) {
        assertThat(CardData.inNumber(number)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cvv",
                "CVV",
                "cvv2",
                "cvc",
                "c_v-c2",
                "csc",
                "securityCode",
                "security_code",
                "cardSecurityCode",
                "card-verification-value",
                "cardNumber",
                "CARD_NUMBER",
                "cardNo",
                "primaryAccountNumber",
                "_cvv",
                "ｃｖｖ",
                "cv\u200Bv",
                "\u2060cvv",
                "\u0000cvv",
                "c\u0007v\u3164v"
            })
    void isForbiddenName_anySpelling_isRefusedWithAnyValue(String name) {
        assertThat(CardData.isForbiddenName(name)).isTrue();
        assertThat(CardData.isForbiddenName(name, null)).isTrue();
        assertThat(CardData.inQuery(URLEncoder.encode(name, StandardCharsets.UTF_8) + "=x"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "cid,123,true",
        "cid,1234,true",
        "CID,٤٢٤,true",
        "cid,12,false",
        "cid,12345,false",
        "cid,cus_123,false",
        "pan,424242424242,true",
        "PAN,4242 4242 4242,true",
        "pan,ABCDE1234F,false",
        "pan,42424242424,false",
        "customerId,123,false",
        "company,123,false",
        "card,123,false",
        "cvvPresent,123,false",
        "discount,123,false"
    })
    void isForbiddenName_withValue_dependsOnIt(String name, String value, boolean refused) {
        assertThat(CardData.isForbiddenName(name, value)).isEqualTo(refused);
    }

    @Test
    void folded_everyAsciiCharacter_isWhatTheWalkThroughUnicodeGives() {
        for (char c = 0; c < 0x80; c++) {
            String name = "Card" + c + "No";
            String marked = name + "\u0301"; // a mark, which goes, but is not ASCII
            assertThat(PlainText.folded(name)).as("U+%04X", (int) c).isEqualTo(PlainText.folded(marked));
        }
    }

    @Test
    void inQuery_plusAndPercent_areDecoded() {
        assertThat(CardData.inQuery("n=4242+4242+4242+4242")).isTrue();
        assertThat(CardData.inQuery("n=%34242424242424242")).isTrue();
        assertThat(CardData.inQuery("n=100%&m=%34242424242424242")).isTrue();
        assertThat(CardData.inQuery("%=%zz;" + CARD + "=3012101?")).isTrue();
        assertThat(CardData.inQuery("phone=%2B4242424242424242")).isFalse();
        assertThat(CardData.inQuery("token=sess_4242424242424242")).isFalse();
        assertThat(CardData.inQuery(null)).isFalse();
        assertThat(CardData.inQuery("100%")).isFalse();
        assertThat(CardData.inQuery("a=1;cvv=x")).isTrue();
    }

    @Test
    void inHeader_percentEncoded_isFound() {
        assertThat(CardData.inHeader("order-%34242424242424242")).isTrue();
        assertThat(CardData.inHeader("%B4242424242424242^X")).isTrue();
        assertThat(CardData.inHeader(latin1("４２４２４２４２４２４２４２４２"))).isTrue();
        assertThat(CardData.inHeader(latin1("４") + "%32" + latin1("４２４２４２４２４２４２４２")))
                .isTrue();
        assertThat(CardData.inHeader(latin1("Käse-１２"))).isFalse();
        assertThat(CardData.inHeader("0190b3c1-7cc4-7c3e-8a58-0c1b8e3f9d11")).isFalse();
    }

    /** As a header field comes: one char per byte. */
    private static String latin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void inText_tenThousandMarksOutOfOrder_takesNoTime() {
        String text = "4242424242424242".replace("4", "4" + "\u0323\u0301\u0316".repeat(20_000));
        long start = System.nanoTime();
        assertThat(CardData.inText(text)).isTrue();
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
    }
}
