package io.pekopayedge.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A server that echoes what it was sent writes it as its encoder does. */
class LeaksTest {
    private static final String SECRET = "s\"é\\c=/><?=={?/+=1";

    private final BasicCredentials pair = new BasicCredentials("acme-client", SECRET);
    private final Tenant acme = Tenant.bare(
            "acme",
            URI.create("https://pekopay.example"),
            pair,
            new Binder(new MapConfigurationPropertySource(Map.of()))
                    .bindOrCreate("pekopay.edge", Bindable.of(EdgeSettings.class))
                    .reserve());

    private boolean leaks(String text) {
        return Leaks.in(
                acme, ("{\"debug\":\"" + text + "\",\"at\":\"C:\\\\temp\\n\"}").getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "=", "+", "/=+", "\"\\/é=+?>~"})
    void anEcho_isFound_whateverOfItIsEscaped(String escaped) {
        String basic = pair.authorization();
        assertThat(basic).contains("/", "+").endsWith("=");
        assertThat(leaks(SECRET)).isTrue();
        String unpadded = basic.replaceAll("=+$", "");
        for (String secret : new String[] {basic, unpadded, unpadded + "%3D", SECRET}) {
            for (boolean slash : new boolean[] {true, false}) {
                String written = json(secret, escaped, slash);
                assertThat(leaks(written)).isTrue();
                String known = secret.equals(SECRET) ? SECRET : unpadded;
                assertThat(leaks(json(known.substring(0, known.length() - 1), escaped, slash)))
                        .isFalse();
                assertThat(leaks(written.substring(1))).isEqualTo(!secret.equals(SECRET));
            }
        }
    }

    /** @param slash whether that one is escaped by a backslash alone */
    private static String json(String text, String escaped, boolean slash) {
        StringBuilder written = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (escaped.indexOf(c) >= 0 && (c != '/' || !slash)) {
                written.append(String.format("\\u%04X", (int) c));
            } else if (c == '"' || c == '\\' || (c == '/' && escaped.indexOf(c) >= 0)) {
                written.append('\\').append(c);
            } else {
                written.append(c);
            }
        }
        return written.toString();
    }
}
