package io.pekopayedge.guard;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Text without its disguises: compatibility forms (NFKC), format characters, marks, and other scripts' digits. */
final class PlainText {
    /** Of Hangul and Braille. */
    private static final String FILLERS = "\u115F\u1160\u2800\u3164\uFFA0";

    private PlainText() {}

    /**
     * One ASCII character for each that remains: digits of any script as {@code 0}–{@code 9}, letters as {@code a}, blanks,
     * dashes and dots as such, a plus as such, everything else as {@code #}.
     */
    static char[] sketch(CharSequence text) {
        String composed = compatible(text);
        char[] sketch = new char[composed.length()];
        int length = 0;
        for (int i = 0; i < composed.length(); ) {
            int point = composed.codePointAt(i);
            i += Character.charCount(point);
            if (!isInvisible(point)) {
                sketch[length++] = sketched(point);
            }
        }
        return Arrays.copyOf(sketch, length);
    }

    private static char sketched(int point) {
        if (Character.isDigit(point)) {
            return (char) ('0' + Character.digit(point, 10));
        }
        if (Character.isLetter(point)) {
            return 'a';
        }
        if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
            return ' ';
        }
        if (Character.getType(point) == Character.DASH_PUNCTUATION || point == 0x2212) {
            return '-';
        }
        return point == '+' || point == '.' ? (char) point : '#';
    }

    /** A field name as it is compared: without disguises, letter case, {@code _} and {@code -}. */
    static String folded(String name) {
        if (isAscii(name)) {
            return foldedAscii(name);
        }
        // Up before down: dotless i and its like fold only that way.
        String lower = compatible(name).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return kept(lower, point -> point != '_' && point != '-' && !isInvisible(point));
    }

    /** Of nearly every name: without a walk through Unicode. */
    private static String foldedAscii(String name) {
        char[] folded = new char[name.length()];
        int length = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && c != '-' && !isControl(c)) {
                folded[length++] = c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
            }
        }
        return new String(folded, 0, length);
    }

    /** NFKC. Marks go first: ten thousand of them in the wrong order take it quadratic time. */
    private static String compatible(CharSequence text) {
        return Normalizer.normalize(kept(text, point -> !isInvisible(point)), Normalizer.Form.NFKC);
    }

    private static String kept(CharSequence text, IntPredicate keep) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(keep).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    /** Format characters, controls that part no words, marks that stand on the character before, and blanks that are letters. */
    private static boolean isInvisible(int point) {
        int type = Character.getType(point);
        return type == Character.FORMAT
                || isControl(point)
                || FILLERS.indexOf(point) >= 0
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    /** NUL, backspace and the like: nobody sees them, some servers drop them. */
    static boolean isControl(int point) {
        return Character.getType(point) == Character.CONTROL && "\t\n\r".indexOf(point) < 0;
    }

    static boolean isAscii(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Whether NFKC or another script may turn this character, above ASCII, into digits; at most two of them. */
    static boolean mayBeDigits(char c) {
        return (c >= 0x2000 && (c < 0x3400 || c >= 0xA000))
                || (c < 0x100 && !Character.isLetter(c))
                || Character.isDigit(c);
    }
}
