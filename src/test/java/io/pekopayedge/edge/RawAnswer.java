package io.pekopayedge.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server says to these very bytes. */
final class RawAnswer {
    private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.1 (\\d{3})");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    final String text;
    /** 0 where the connection was closed without an answer. */
    final int status;

    private RawAnswer(String text) {
        this.text = text;
        Matcher matcher = STATUS.matcher(text);
        this.status = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** Reads one answer, or until the other side closes. */
    static RawAnswer of(int port, String request) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            InputStream in = socket.getInputStream();
            byte[] chunk = new byte[8192];
            try {
                for (int n; !complete(bytes) && (n = in.read(chunk)) >= 0; ) {
                    bytes.write(chunk, 0, n);
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("no answer within 10 s, so far: " + bytes);
            } catch (IOException reset) {
                // what came before it counts
            }
            return new RawAnswer(bytes.toString(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean complete(ByteArrayOutputStream bytes) {
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        int head = text.indexOf("\r\n\r\n");
        Matcher length = LENGTH.matcher(text);
        return head >= 0
                && (length.find()
                        ? text.length() >= head + 4 + Integer.parseInt(length.group(1))
                        : text.endsWith("0\r\n\r\n"));
    }
}
