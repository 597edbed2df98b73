package io.pekopayedge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The README's section of figures: one table and one chart for each JDK, between marks. */
final class Readme {
    private Readme() {}

    /** @param version of the JDK, such as 17 */
    static void write(Path readme, String version, String table, String chart) throws IOException {
        String picture = "src/docs/figures-" + version + ".svg";
        Files.writeString(readme.resolveSibling(picture), chart);
        String begin = "<!-- figures " + version + " -->";
        String end = "<!-- /figures " + version + " -->";
        Matcher section = Pattern.compile(Pattern.quote(begin) + ".*?" + Pattern.quote(end), Pattern.DOTALL)
                .matcher(Files.readString(readme));
        if (!section.find()) {
            throw new IllegalStateException(readme + " has no " + begin);
        }
        String alt = "![Ratios to plain peers on JDK " + version + ", and the goals](" + picture + ")";
        Files.writeString(
                readme,
                section.replaceFirst(Matcher.quoteReplacement(begin + "\n\n" + table + "\n" + alt + "\n\n" + end)));
    }
}
