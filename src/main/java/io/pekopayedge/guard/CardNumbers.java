package io.pekopayedge.guard;

import static io.pekopayedge.guard.CardIssuers.isCardNumber;
import static io.pekopayedge.guard.CardIssuers.isDigit;

/** Looks for card numbers in ASCII text: bare, or in groups 4-4-4-4(-3), 4-6-5, 4-6-4 parted by one blank, dash or dot. */
final class CardNumbers {
    private static final String UUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    private CardNumbers() {}

    static boolean within(char[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isDigit(text[i])) {
                int end = runEnd(text, i, to);
                if (!follows(text, from, i, '+') && (bare(text, i, end, to) || grouped(text, from, i, end, to))) {
                    return true;
                }
                i = end;
            }
        }
        return false;
    }

    private static boolean bare(char[] text, int start, int end, int to) {
        return endsNumber(text, end, to) && isCardNumber(text, start, end, end - start);
    }

    private static boolean grouped(char[] text, int from, int start, int end, int to) {
        if (end - start != 4 || withinUuid(text, from, start, to)) {
            return false;
        }
        int second = groupEnd(text, end, to, 4);
        if (second < 0) {
            return amex(text, start, groupEnd(text, end, to, 6), to);
        }
        int fourth = groupEnd(text, groupEnd(text, second, to, 4), to, 4);
        return fourth >= 0
                && (closed(text, start, fourth, to, 16) || closed(text, start, groupEnd(text, fourth, to, 3), to, 19));
    }

    /** A UUID's first group may end in four digits: with the next three that is 4-4-4-4. */
    private static boolean withinUuid(char[] text, int from, int start, int to) {
        int first = start - 4;
        if (first < from || first + UUID.length() > to) {
            return false;
        }
        for (int i = 0; i < UUID.length(); i++) {
            char c = text[first + i];
            if (UUID.charAt(i) == '-' ? c != '-' : Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** American Express is printed 4-6-5, Diners 4-6-4. */
    private static boolean amex(char[] text, int start, int six, int to) {
        return closed(text, start, groupEnd(text, six, to, 5), to, 15)
                || closed(text, start, groupEnd(text, six, to, 4), to, 14);
    }

    private static boolean closed(char[] text, int start, int end, int to, int digits) {
        return end >= 0 && endsNumber(text, end, to) && isCardNumber(text, start, end, digits);
    }

    /** Where a separator and then a run of just so many digits ends; -1 if there is none, or no end before. */
    private static int groupEnd(char[] text, int end, int to, int digits) {
        if (end < 0 || end + 1 >= to || !isSeparator(text[end])) {
            return -1;
        }
        return runEnd(text, end + 1, to) == end + 1 + digits ? end + 1 + digits : -1;
    }

    private static int runEnd(char[] text, int start, int to) {
        int end = start;
        while (end < to && isDigit(text[end])) {
            end++;
        }
        return end;
    }

    private static boolean isSeparator(char c) {
        return c == ' ' || c == '-' || c == '.' || c == '\t' || c == '\n' || c == '\r';
    }

    /** What follows a number is not a letter; it never is a digit, as runs are taken whole. */
    private static boolean endsNumber(char[] text, int end, int to) {
        return end == to || !isLetter(text[end]);
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean follows(char[] text, int from, int start, char c) {
        return start > from && text[start - 1] == c;
    }
}
