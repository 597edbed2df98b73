package io.pekopayedge;

import java.util.random.RandomGenerator;

/** Names of requests: 32 hex digits, unique and not secret. */
final class RequestIds {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private RequestIds() {}

    static String next(RandomGenerator random) {
        char[] id = new char[32];
        write(random.nextLong(), id, 0);
        write(random.nextLong(), id, 16);
        return String.valueOf(id);
    }

    private static void write(long bits, char[] to, int at) {
        for (int i = 0; i < 16; i++) {
            to[at + i] = HEX[(int) (bits >>> (i * 4)) & 15];
        }
    }
}
