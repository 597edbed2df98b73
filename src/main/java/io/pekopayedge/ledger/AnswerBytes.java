package io.pekopayedge.ledger;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** An answer as it is stored, in memory and, sealed, in Redis, where replicas of another version read it. */
public final class AnswerBytes {
    private static final int FORMAT = 2;

    private AnswerBytes() {}

    /** @throws UncheckedIOException where a field has more than 65,535 bytes; the upstream's head ends before */
    public static byte[] of(Answer answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128 + answer.body().length);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORMAT);
            out.writeShort(answer.status());
            write(out, answer.contentType());
            write(out, answer.retryAfter());
            write(out, answer.location());
            write(out, answer.etag());
            write(out, answer.link());
            out.write(answer.body());
        } catch (IOException tooLong) {
            throw new UncheckedIOException(tooLong);
        }
        return bytes.toByteArray();
    }

    /** Null where it is none, or another version's. */
    public static @Nullable Answer read(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            return in.readByte() != FORMAT
                    ? null
                    : new Answer(
                            in.readUnsignedShort(),
                            readText(in),
                            readText(in),
                            readText(in),
                            readText(in),
                            readText(in),
                            in.readAllBytes());
        } catch (IOException torn) {
            return null;
        }
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
