package io.pekopayedge.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;

/** axe-core's judgement of a page as it stands, frames of other origins left out. */
final class Accessibility {
    private Accessibility() {}

    /** Serious and critical violations, one line each: rule, what is wrong, where. */
    static List<String> violations(Page page) throws IOException {
        page.evaluate(script());
        String found = (String)
                page.evaluate("async () => JSON.stringify((await axe.run(document, {iframes: false})).violations)");
        return StreamSupport.stream(new ObjectMapper().readTree(found).spliterator(), false)
                .filter(violation -> List.of("serious", "critical")
                        .contains(violation.path("impact").asText()))
                .map(Accessibility::line)
                .toList();
    }

    private static String line(JsonNode violation) {
        return violation.path("id").asText() + ": " + violation.path("help").asText() + " "
                + violation.path("nodes").findValuesAsText("html");
    }

    private static String script() throws IOException {
        try (InputStream axe = Accessibility.class.getResourceAsStream("/axe.min.js")) {
            if (axe == null) {
                throw new IllegalStateException("axe.min.js is not on the class path");
            }
            return new String(axe.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
