package io.pekopayedge.ledger.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.springframework.core.io.ClassPathResource;

/**
 * The changes of a record, each atomic in Redis: a file beside {@code ledger/record.lua}, which goes before it. The words
 * of their arguments are in the files.
 */
enum Script {
    LEASE,
    LOOK,
    BEGIN,
    FINISH,
    UNKNOWN,
    SETTLE,
    SWEEP;

    private final String text;
    private final String sha;

    Script() {
        text = file("record") + file(name().toLowerCase(Locale.ROOT));
        sha = sha1(text());
    }

    byte[] text() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** How Redis names it. */
    String sha() {
        return sha;
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1", e);
        }
    }

    private static String file(String name) {
        try {
            return new ClassPathResource("ledger/" + name + ".lua").getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
