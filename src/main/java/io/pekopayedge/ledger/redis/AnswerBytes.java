package io.pekopayedge.ledger.redis;

import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.Attempt;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A stored answer: sealed with the payment token's own key, for the record that it belongs to. */
final class AnswerBytes {
    private static final int FORMAT = 2;

    private AnswerBytes() {}

    static byte[] seal(Attempt attempt, Answer answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
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
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return attempt.answerKey().seal(bytes.toByteArray(), attempt.token());
    }

    /** Null where it cannot be opened: the token is spent all the same. */
    static @Nullable Answer open(Attempt attempt, byte[] sealed) {
        byte[] clear = attempt.answerKey().open(sealed, attempt.token());
        if (clear == null || clear.length == 0 || clear[0] != FORMAT) {
            return null;
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(clear, 1, clear.length - 1));
        try {
            return new Answer(
                    in.readUnsignedShort(), read(in), read(in), read(in), read(in), read(in), in.readAllBytes());
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

    private static @Nullable String read(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
