package io.pekopayedge.edge;

import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One connection, many requests: none is left unanswered. */
class KeepAliveTest {
    @Test
    void requestQueuedBehindASlowOne_thenAnother_allAreAnswered() throws IOException {
        try (PekoPaySandbox pekoPay = PekoPaySandbox.start();
                EdgeUnderTest edge = EdgeUnderTest.start(tenants -> tenants.add("acme", pekoPay.baseUrl()));
                Socket socket = new Socket("localhost", edge.port())) {
            pekoPay.addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
            pekoPay.on(call -> true, Behaviour.late(Duration.ofMillis(200)));
            socket.setSoTimeout(30_000);
            var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String minted = request("/payment-token/acme/generate");
            String refused = request("/nowhere");
            for (int round = 0; round < 3; round++) {
                send(socket, minted + refused);
                assertThat(status(answers)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(status(answers)).isEqualTo("HTTP/1.1 404 Not Found");
                send(socket, refused);
                assertThat(status(answers)).isEqualTo("HTTP/1.1 404 Not Found");
            }
        }
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + apiKey("acme") + "\r\n\r\n";
    }

    private static void send(Socket socket, String requests) throws IOException {
        socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads one whole answer. */
    private static String status(BufferedReader answers) throws IOException {
        String status = answers.readLine();
        int length = 0;
        for (String line; !(line = answers.readLine()).isEmpty(); ) {
            if (line.startsWith("content-length: ") || line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring(16));
            }
        }
        while (length > 0) {
            length -= answers.read(new char[length]);
        }
        return status;
    }
}
