package io.pekopayedge.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client made of one bare socket: sends these very bytes, and keeps all that comes back. */
final class Wire implements AutoCloseable {
    private static final Pattern HEAD = Pattern.compile("HTTP/1\\.[01] (\\d{3})[^\r\n]*\r\n(?s:(.*?))\r\n\r\n");
    private static final Pattern LENGTH = Pattern.compile("(?i)(?:^|\r\n)content-length: *(\\d+)");

    private final Socket socket;

    Wire(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
    }

    /** One char is one byte. */
    Wire send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException closed) {
            // the other side need not listen to the end
        }
        return this;
    }

    /** All until the other side closes, or is silent for so long. */
    Said rest(int silenceMillis) throws IOException {
        socket.setSoTimeout(silenceMillis);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] chunk = new byte[8192];
        boolean closed = true;
        try {
            for (int n; (n = in.read(chunk)) >= 0; ) {
                bytes.write(chunk, 0, n);
            }
        } catch (SocketTimeoutException silent) {
            closed = false;
        } catch (IOException reset) {
            // what came before it counts
        }
        return new Said(bytes.toString(StandardCharsets.ISO_8859_1), closed);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /**
     * What came back.
     *
     * @param closed whether the other side closed the connection
     */
    record Said(String text, boolean closed) {
        /** Status of each answer, interim ones left out. */
        List<Integer> statuses() {
            List<Integer> statuses = new ArrayList<>();
            Matcher head = HEAD.matcher(text);
            for (int at = 0; at < text.length() && head.find(at); ) {
                int status = Integer.parseInt(head.group(1));
                if (status >= 200) {
                    statuses.add(status);
                }
                Matcher length = LENGTH.matcher(head.group(2));
                at = head.end() + (length.find() && status >= 200 ? Integer.parseInt(length.group(1)) : 0);
            }
            return statuses;
        }

        /** The only answer's status; 0 for a close without one. */
        int status() {
            List<Integer> all = statuses();
            return all.isEmpty() ? 0 : all.get(0);
        }
    }
}
