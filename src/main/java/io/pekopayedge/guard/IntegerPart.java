package io.pekopayedge.guard;

import java.util.Arrays;

/** The integer part of a JSON number, without the number: {@code 1e999999999} would be a gigabyte of digits. */
final class IntegerPart {
    private static final char[] NONE = {};

    private IntegerPart() {}

    /** Its digits without leading zeros; none if there are more than a card number can have. */
    static char[] of(char[] number, int from, int to) {
        char[] digits = new char[to - from];
        int count = 0;
        int point = -1;
        int i = from;
        for (; i < to && number[i] != 'e' && number[i] != 'E'; i++) {
            if (number[i] == '.') {
                point = count;
            } else if (CardIssuers.isDigit(number[i])) {
                digits[count++] = number[i];
            }
        }
        long length = (point < 0 ? count : point) + exponent(number, i + 1, to);
        int zeros = 0;
        while (zeros < count && digits[zeros] == '0') {
            zeros++;
        }
        if (length - zeros < 1 || length - zeros > CardIssuers.LONGEST) {
            return NONE;
        }
        char[] integer = Arrays.copyOfRange(digits, zeros, (int) length);
        for (int j = Math.max(count - zeros, 0); j < integer.length; j++) {
            integer[j] = '0';
        }
        return integer;
    }

    /** Held within ±10^9: far beyond any length, far from overflow. */
    private static long exponent(char[] number, int from, int to) {
        boolean negative = from < to && number[from] == '-';
        long exponent = 0;
        for (int i = from; i < to; i++) {
            if (CardIssuers.isDigit(number[i])) {
                exponent = Math.min(exponent * 10 + number[i] - '0', 1_000_000_000);
            }
        }
        return negative ? -exponent : exponent;
    }
}
