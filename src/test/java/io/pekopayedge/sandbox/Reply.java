package io.pekopayedge.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** An answer, not yet sent. */
public record Reply(int status, Map<String, String> headers, byte[] body) {
    static final ObjectMapper JSON = new ObjectMapper();

    public static Reply empty(int status) {
        return new Reply(status, Map.of(), new byte[0]);
    }

    /** @param value anything Jackson can write */
    public static Reply json(int status, Object value) {
        try {
            return of(status, "application/json", JSON.writeValueAsString(value));
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    public static Reply of(int status, String contentType, String body) {
        return new Reply(status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
    }

    /** PekoPay's error form, as the sandbox imagines it. */
    static Reply error(int status, String code, String message) {
        return json(status, Map.of("error", Map.of("code", code, "message", message)));
    }

    public Reply with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Reply(status, Map.copyOf(more), body);
    }

    /** Writes this as the whole answer. */
    public Publisher<Void> to(HttpServerResponse response) {
        response.status(status).keepAlive(true);
        headers.forEach(response::header);
        if (body.length == 0) {
            return status == 204
                    ? response.send()
                    : response.header("Content-Length", "0").send();
        }
        return response.header("Content-Length", Integer.toString(body.length)).sendByteArray(Mono.just(body));
    }
}
