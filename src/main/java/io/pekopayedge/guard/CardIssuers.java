package io.pekopayedge.guard;

/** Which numbers can be card numbers: issuer range, that issuer's length, and Luhn's check digit. Luhn alone takes one id in ten. */
final class CardIssuers {
    static final int SHORTEST = 14;
    static final int LONGEST = 19;

    private CardIssuers() {}

    /**
     * @param text holds the number's digits, perhaps with separators between them
     * @param from of the first digit
     * @param to behind the last digit
     * @param digits how many there are in between
     */
    static boolean isCardNumber(char[] text, int from, int to, int digits) {
        return digits >= SHORTEST
                && digits <= LONGEST
                && lengthFits(firstFour(text, from), digits)
                && luhn(text, from, to);
    }

    private static int firstFour(char[] text, int from) {
        int first = 0;
        for (int i = from, seen = 0; seen < 4; i++) {
            if (isDigit(text[i])) {
                first = first * 10 + text[i] - '0';
                seen++;
            }
        }
        return first;
    }

    private static boolean lengthFits(int four, int digits) {
        int three = four / 10;
        int two = four / 100;
        if (four / 1000 == 4) {
            return digits == 16 || digits == 19;
        }
        if (within(two, 51, 55) || within(four, 2200, 2204) || within(four, 2221, 2720)) {
            return digits == 16;
        }
        if (two == 34 || two == 37) {
            return digits == 15;
        }
        if (within(three, 300, 305) || three == 309 || two == 36 || two == 38 || two == 39) {
            return digits == 14 || digits == 16 || digits == 19;
        }
        boolean longer = within(four, 3528, 3589)
                || four == 6011
                || within(three, 644, 649)
                || two == 65
                || two == 62
                || two == 50
                || within(two, 56, 58)
                || two == 63
                || two == 67;
        return longer && digits >= 16;
    }

    private static boolean within(int number, int least, int most) {
        return number >= least && number <= most;
    }

    private static boolean luhn(char[] text, int from, int to) {
        int sum = 0;
        boolean doubled = false;
        for (int i = to - 1; i >= from; i--) {
            if (isDigit(text[i])) {
                int digit = text[i] - '0';
                int counted = doubled ? digit * 2 : digit;
                sum += counted > 9 ? counted - 9 : counted;
                doubled = !doubled;
            }
        }
        return sum % 10 == 0;
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
