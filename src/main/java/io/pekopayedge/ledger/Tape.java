package io.pekopayedge.ledger;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of bytes, in pages; the first that was written is the first to leave. Not safe for threads. */
final class Tape {
    static final int PAGE = 16 * 1024;
    private static final int HEAD = Integer.BYTES;

    private final List<byte[]> pages = new ArrayList<>();
    private byte @Nullable [] spare;

    /** Where the first page begins. Places count from the first byte that was ever written. */
    private long base;

    private long oldest;
    private long end;

    /** Of all its records. */
    long bytes() {
        return end - oldest;
    }

    /** Answers its place. Where there is no memory for it, all stays as it was. */
    long add(byte[] record) {
        byte[] head = ByteBuffer.allocate(HEAD).putInt(record.length).array();
        while (end - base + HEAD + record.length > (long) pages.size() * PAGE) {
            addPage();
        }
        long place = end;
        write(head);
        write(record);
        return place;
    }

    /** A copy. */
    byte[] read(long place) {
        return read(place + HEAD, length(place));
    }

    void removeOldest() {
        oldest += HEAD + length(oldest);
        while (oldest - base >= PAGE) {
            spare = pages.remove(0);
            base += PAGE;
        }
    }

    private int length(long place) {
        return ByteBuffer.wrap(read(place, HEAD)).getInt();
    }

    private void write(byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            int part = Math.min(bytes.length - done, PAGE - offset(end));
            System.arraycopy(bytes, done, page(end), offset(end), part);
            done += part;
            end += part;
        }
    }

    private byte[] read(long place, int length) {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
            int part = Math.min(length - done, PAGE - offset(place + done));
            System.arraycopy(page(place + done), offset(place + done), bytes, done, part);
            done += part;
        }
        return bytes;
    }

    private byte[] page(long place) {
        return pages.get((int) ((place - base) / PAGE));
    }

    private int offset(long place) {
        return (int) ((place - base) % PAGE);
    }

    private void addPage() {
        pages.add(spare != null ? spare : new byte[PAGE]);
        spare = null;
    }
}
