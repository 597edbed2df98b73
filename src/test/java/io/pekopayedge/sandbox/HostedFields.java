package io.pekopayedge.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What PekoPay shows to browsers: the form's script, the card fields, and the place that takes the card. */
final class HostedFields {
    private static final Map<String, String> FILES = Map.of(
            "/web/dist/index.js", "web/index.js",
            "/fields", "web/fields.html",
            "/fields/fields.css", "web/fields.css",
            "/fields/fields.js", "web/fields.js");

    private final SessionTokens tokens;

    HostedFields(SessionTokens tokens) {
        this.tokens = tokens;
    }

    /** Whether a browser would ask this, rather than a server. */
    static boolean serves(Call call) {
        return FILES.containsKey(call.path()) || "/fields/tokenize".equals(call.path());
    }

    Reply answer(Call call) {
        String file = FILES.get(call.path());
        if (file == null) {
            return tokenize(call.json());
        }
        Reply page = Reply.of(200, typeOf(file), resource(file)).with("Cache-Control", "no-cache");
        return "web/index.js".equals(file) ? page.with("Access-Control-Allow-Origin", "*") : page;
    }

    private Reply tokenize(JsonNode card) {
        String number = card.path("number").asText().replace(" ", "");
        return switch (tokens.tokenize(card.path("sessionToken").asText(), number)) {
            case LIVE -> Reply.json(200, Map.of("last4", number.substring(Math.max(0, number.length() - 4))));
            case SPENT -> Reply.error(409, "token_spent", "The session token has been used");
            case EXPIRED -> Reply.error(410, "token_expired", "The session token has expired");
            case UNKNOWN -> Reply.error(404, "token_unknown", "No such session token");
        };
    }

    static String typeOf(String file) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> "text/html; charset=utf-8";
        };
    }

    static String resource(String file) {
        try (InputStream in = HostedFields.class.getResourceAsStream("/sandbox/" + file)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: sandbox/" + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
