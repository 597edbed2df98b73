package io.pekopayedge.tenant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** One file as it was when it was read, and whether it is still the same. For one thread. */
final class SeenFile {
    private static final byte[] UNREADABLE = {};

    private final Path path;
    private final int most;
    private final Clock wall;
    private @Nullable FileStamp stamp;
    private boolean settled;
    private byte[] digest = UNREADABLE;

    /** @param most bytes that are of interest; of a longer file one more is read */
    SeenFile(Path path, int most, Clock wall) {
        this.path = path;
        this.most = most;
        this.wall = wall;
    }

    /** Stamp first, then content: an edit in between shows as another stamp later. */
    byte[] read() throws IOException {
        digest = UNREADABLE;
        stamp = null;
        FileStamp now = FileStamp.of(path);
        settled = now.settledAt(wall.instant());
        stamp = now;
        byte[] bytes = content();
        digest = sha256(bytes);
        return bytes;
    }

    /** Whether the stamp is the one of the last {@link #read}. */
    boolean undisturbed() {
        try {
            return FileStamp.of(path).equals(stamp);
        } catch (IOException e) {
            return stamp == null;
        }
    }

    /** @param thorough false: a settled stamp that is still the same is enough */
    boolean same(boolean thorough) {
        if (!thorough && settled && undisturbed()) {
            return true;
        }
        byte[] before = digest;
        try {
            read();
        } catch (IOException e) {
            digest = UNREADABLE;
        }
        return MessageDigest.isEqual(before, digest);
    }

    private byte[] content() throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException("no regular file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(most + 1);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
