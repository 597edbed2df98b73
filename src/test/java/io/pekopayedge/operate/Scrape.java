package io.pekopayedge.operate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a gateway publishes at one moment.
 *
 * @param values of each label of each metric, by both names
 */
record Scrape(Map<String, Map<String, Set<String>>> values) {
    private static final Pattern SAMPLE = Pattern.compile("^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:\\\\.|[^\"\\\\])*)\"");

    /** @param text in Prometheus' exposition format */
    static Scrape of(String text) {
        var values = new HashMap<String, Map<String, Set<String>>>();
        Matcher sample = SAMPLE.matcher(text);
        while (sample.find()) {
            var labels = values.computeIfAbsent(sample.group(1), name -> new HashMap<>());
            Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
            while (label.find()) {
                labels.computeIfAbsent(label.group(1), name -> new HashSet<>()).add(label.group(2));
            }
        }
        return new Scrape(values);
    }

    Set<String> metrics() {
        return values.keySet();
    }

    /** Empty where there is none. */
    Map<String, Set<String>> labelsOf(String metric) {
        return values.getOrDefault(metric, Map.of());
    }
}
