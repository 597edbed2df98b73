package io.pekopayedge.edge;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must not be found anywhere, in each shape in which it could be: raw, URL-encoded, in hex, within base64. */
final class Secrets {
    /** Shape, and whose it is. */
    private final Map<String, String> shapes = new LinkedHashMap<>();

    Secrets add(String name, String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        shapes.put(secret, name);
        shapes.put(new String(bytes, StandardCharsets.ISO_8859_1), name + " as bytes");
        shapes.put(URLEncoder.encode(secret, StandardCharsets.UTF_8), name + " URL-encoded");
        shapes.put(URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"), name + " percent-encoded");
        shapes.put(HexFormat.of().formatHex(bytes), name + " in hex");
        for (int before = 0; before < 3; before++) {
            // Whatever stands around it, these letters of the base64 depend on the secret alone.
            byte[] moved = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, moved, before, bytes.length);
            String core = Base64.getEncoder().withoutPadding().encodeToString(moved);
            core = core.substring((before * 8 + 5) / 6, moved.length * 8 / 6);
            shapes.put(core, name + " in base64");
            shapes.put(core.replace('+', '-').replace('/', '_'), name + " in base64url");
        }
        return this;
    }

    int size() {
        return shapes.size();
    }

    /** Whose secrets are in it, and where about. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        shapes.forEach((shape, name) -> {
            int at = text.indexOf(shape);
            if (at >= 0) {
                found.add(name + ": …" + text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 60)));
            }
        });
        return found;
    }
}
