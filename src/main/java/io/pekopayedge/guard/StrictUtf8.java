package io.pekopayedge.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. A JSON parser takes those and more. */
final class StrictUtf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LOW_BITS = 0x0101010101010101L;

    private StrictUtf8() {}

    /** Whether the bytes are UTF-8 without a byte order mark and without NUL, which is UTF-16 or UTF-32 as a rule. */
    static boolean isPlain(byte[] bytes) {
        if (bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
            return false;
        }
        int i = 0;
        while (i < bytes.length) {
            if (i + 8 <= bytes.length) {
                long eight = (long) LONGS.get(bytes, i);
                // Eight at once: no high bit set, and no byte borrowed in the subtraction, which only zero does.
                if (((eight | (eight - LOW_BITS)) & HIGH_BITS) == 0) {
                    i += 8;
                    continue;
                }
            }
            int length = lengthAt(bytes, i);
            if (length == 0) {
                return false;
            }
            i += length;
        }
        return true;
    }

    /** Of the one well-formed character that starts there (Unicode table 3-7); 0 if none does. */
    private static int lengthAt(byte[] bytes, int i) {
        int lead = bytes[i] & 0xFF;
        if (lead < 0x80) {
            return lead == 0 ? 0 : 1;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        if (lead < 0xE0) {
            return continues(bytes, i + 1, 0x80, 0xBF) ? 2 : 0;
        }
        if (lead < 0xF0) {
            int least = lead == 0xE0 ? 0xA0 : 0x80;
            int most = lead == 0xED ? 0x9F : 0xBF;
            return continues(bytes, i + 1, least, most) && continues(bytes, i + 2, 0x80, 0xBF) ? 3 : 0;
        }
        int least = lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xF4 ? 0x8F : 0xBF;
        boolean whole = continues(bytes, i + 1, least, most)
                && continues(bytes, i + 2, 0x80, 0xBF)
                && continues(bytes, i + 3, 0x80, 0xBF);
        return whole ? 4 : 0;
    }

    private static boolean continues(byte[] bytes, int i, int least, int most) {
        return i < bytes.length && (bytes[i] & 0xFF) >= least && (bytes[i] & 0xFF) <= most;
    }
}
