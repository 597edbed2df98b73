package io.pekopayedge.operate;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression. Not an evaluator: it knows strings, selectors, label lists, functions and words of
 * the language, and takes every other name for a metric.
 *
 * @param metrics every metric it reads
 * @param labels every label it selects, groups or matches by
 */
record Query(Set<String> metrics, Set<String> labels) {
    private static final Pattern LABEL_LIST =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_]\\w*)\\s*(?:=~|!~|!=|=)");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][\\w:]*(?!\\w)(?!\\s*\\()");
    private static final Set<String> WORDS =
            Set.of("and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring");

    static Query of(String expression) {
        // The backslash only stands before quotes in our files; strings may hold anything, so they go first.
        String text = expression.replaceAll("\"(?:\\\\.|[^\"\\\\])*\"", "\"\"").replaceAll("#[^\n]*", "");
        var labels = new TreeSet<String>();
        text = take(SELECTOR, text, "", inside -> each(MATCHER, inside, labels));
        text = take(LABEL_LIST, text, "", inside -> each(Pattern.compile("[a-zA-Z_]\\w*"), inside, labels));
        var metrics = new TreeSet<String>();
        // Durations ([5m]) and numbers (1e3, 5m) are no names.
        each(NAME, text.replaceAll("\\[[^]]*]", "").replaceAll("\\b[0-9][\\w.]*", ""), metrics);
        metrics.removeAll(WORDS);
        return new Query(metrics, labels);
    }

    private static String take(Pattern pattern, String text, String with, java.util.function.Consumer<String> inside) {
        Matcher matcher = pattern.matcher(text);
        var rest = new StringBuilder();
        while (matcher.find()) {
            inside.accept(matcher.group(1));
            matcher.appendReplacement(rest, with);
        }
        return matcher.appendTail(rest).toString();
    }

    private static void each(Pattern pattern, String text, Set<String> into) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            into.add(matcher.groupCount() > 0 ? matcher.group(1) : matcher.group());
        }
    }
}
