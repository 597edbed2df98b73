package io.pekopayedge.guard;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds card numbers and the fields that card data is sent in (PCI DSS: they must not come here). Pure functions; safe
 * for use by several threads; linear in the length of the text.
 */
public final class CardData {
    private static final String TOKEN = "sess_";

    private static final Set<String> FORBIDDEN = Set.of(
            "cvv",
            "cvv2",
            "cvc",
            "cvc2",
            "csc",
            "securitycode",
            "cardsecuritycode",
            "cardverificationvalue",
            "cardnumber",
            "cardno",
            "primaryaccountnumber");

    private CardData() {}

    /** Whether the text, as decoded, holds a card number. A text that starts {@code sess_} is a token: never. */
    public static boolean inText(CharSequence text) {
        char[] chars = text.toString().toCharArray();
        return inText(chars, 0, chars.length);
    }

    /** Whether a field's name holds one: a name is no token, however it starts. */
    static boolean inName(String name) {
        char[] chars = name.toCharArray();
        int from = startsAsToken(chars, 0, chars.length) ? TOKEN.length() : 0;
        return inText(chars, from, chars.length);
    }

    /** {@link #inText(CharSequence)} of a part of an array, which stays as it is. Without allocation for ASCII. */
    static boolean inText(char[] text, int from, int to) {
        int digits = 0;
        boolean plain = true;
        for (int i = from; i < to; i++) {
            char c = text[i];
            if (CardIssuers.isDigit(c)) {
                digits++;
            } else if (c >= 0x80) {
                plain = false;
                digits += PlainText.mayBeDigits(c) ? 2 : 0;
            } else if (c < 0x20 || c == 0x7F) {
                plain &= !PlainText.isControl(c);
            }
        }
        if (digits < CardIssuers.SHORTEST || startsAsToken(text, from, to)) {
            return false;
        }
        if (plain) {
            return CardNumbers.within(text, from, to) || inDecimal(text, from, to);
        }
        char[] sketch = PlainText.sketch(new String(text, from, to - from));
        return CardNumbers.within(sketch, 0, sketch.length);
    }

    private static boolean startsAsToken(char[] text, int from, int to) {
        if (to - from < TOKEN.length()) {
            return false;
        }
        int same = 0;
        while (same < TOKEN.length() && text[from + same] == TOKEN.charAt(same)) {
            same++;
        }
        return same == TOKEN.length();
    }

    /** A text that is a decimal number with an exponent. Without a point it is an id in hex more often than a number. */
    private static boolean inDecimal(char[] text, int from, int to) {
        boolean point = false;
        boolean exponent = false;
        for (int i = from; i < to; i++) {
            char c = text[i];
            point |= c == '.';
            exponent |= c == 'e' || c == 'E';
            if (!CardIssuers.isDigit(c) && ".eE+-".indexOf(c) < 0) {
                return false;
            }
        }
        return point && exponent && inNumber(text, from, to);
    }

    /**
     * Whether the number's integer part is a card number. Fractions are not read: {@code 0.1+0.2} has seventeen digits.
     *
     * @param jsonNumber as it stands in the body (RFC 8259 §6), of any size
     */
    static boolean inNumber(String jsonNumber) {
        return inNumber(jsonNumber.toCharArray(), 0, jsonNumber.length());
    }

    static boolean inNumber(char[] number, int from, int to) {
        if (to - from < 4) {
            return false;
        }
        char[] integer = IntegerPart.of(number, from, to);
        return CardIssuers.isCardNumber(integer, 0, integer.length, integer.length);
    }

    /** Whether a field of this name is refused with any value. */
    public static boolean isForbiddenName(String name) {
        return mayBeForbidden(name) && FORBIDDEN.contains(PlainText.folded(name));
    }

    /**
     * Whether a field of this name is refused with this value.
     *
     * @param value as decoded; null if it is neither text nor number
     */
    public static boolean isForbiddenName(String name, @Nullable String value) {
        char[] text = value == null ? new char[0] : value.toCharArray();
        return isForbiddenName(name, text, 0, text.length);
    }

    static boolean isForbiddenName(String name, char[] value, int from, int to) {
        return isForbidden(folded(name), value, from, to);
    }

    /** A field's name as the rules know it; empty for most names. */
    static String folded(String name) {
        return mayBeForbidden(name) ? PlainText.folded(name) : "";
    }

    /** @param folded the field's name, {@link #folded(String)} */
    static boolean isForbidden(String folded, char[] value, int from, int to) {
        if (FORBIDDEN.contains(folded)) {
            return true;
        }
        if (!("cid".equals(folded) || "pan".equals(folded))) {
            return false;
        }
        char[] sketch = PlainText.sketch(new String(value, from, to - from));
        long digits =
                new String(sketch).chars().filter(c -> c >= '0' && c <= '9').count();
        // Both names also mean other things: a customer's id, a tax number.
        return "pan".equals(folded) ? digits >= 12 : digits == sketch.length && (digits == 3 || digits == 4);
    }

    /** Names that differ in their first character are most names: they need no folding. */
    private static boolean mayBeForbidden(String name) {
        if (name.isEmpty()) {
            return false;
        }
        char first = name.charAt(0);
        return "cCsSpP_-".indexOf(first) >= 0 || first < 0x20 || first >= 0x7F;
    }

    /**
     * Whether a query holds card data, in a key or a value, percent-decoded.
     *
     * @param rawQuery as it came, without the question mark; null is none
     */
    public static boolean inQuery(@Nullable String rawQuery) {
        if (rawQuery == null || rawQuery.isEmpty()) {
            return false;
        }
        for (String pair : rawQuery.split("&", -1)) {
            if (inPair(pair)) {
                return true;
            }
            // Some servers part at semicolons too; track 2 starts with one.
            if (pair.indexOf(';') >= 0 && Stream.of(pair.split(";", -1)).anyMatch(CardData::inPair)) {
                return true;
            }
        }
        return false;
    }

    private static boolean inPair(String pair) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        return inName(name) || inText(value) || isForbiddenName(name, value);
    }

    /**
     * Whether a header's value holds a card number, as it stands, percent-encoded or in UTF-8.
     *
     * @param value one char per byte
     */
    public static boolean inHeader(String value) {
        String text = PlainText.isAscii(value)
                ? value
                : new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return inText(value) || inText(text) || (value.indexOf('%') >= 0 && inText(decoded(text)));
    }

    /** Percent-decoded as UTF-8; what is not encoded correctly stays as it is. */
    private static String decoded(String raw) {
        if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) {
            return raw;
        }
        try {
            return URLDecoder.decode(raw, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return URLDecoder.decode(raw.replaceAll("%(?![0-9a-fA-F]{2})", "%25"), StandardCharsets.UTF_8);
        }
    }
}
