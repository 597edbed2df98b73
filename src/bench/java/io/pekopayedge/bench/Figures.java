package io.pekopayedge.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, and the table of it. */
final class Figures {
    private record Row(String what, double ours, double theirs, String unit, double goal) {}

    private final Map<String, List<Double>> turns = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();

    /** One turn's figure of one subject. */
    void add(String subject, double figure) {
        turns.computeIfAbsent(subject, name -> new ArrayList<>()).add(figure);
        System.out.printf(Locale.ROOT, "%-32s %10.1f%n", subject, figure);
    }

    double median(String subject) {
        double[] sorted = turns.get(subject).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return sorted.length % 2 == 1
                ? sorted[sorted.length / 2]
                : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    /** Medians of two subjects side by side; a goal of 0 is no goal. */
    void row(String what, String ours, String theirs, String unit, double goal) {
        rows.add(new Row(what, median(ours), median(theirs), unit, goal));
    }

    /** A figure with a bound of its own. */
    void bounded(String what, String ours, String unit, double bound) {
        rows.add(new Row(what, median(ours), bound, unit, 1));
    }

    String table(String java) {
        StringBuilder table = new StringBuilder();
        table.append("| what | pekopay-edge | against | ratio | goal |\n| --- | ---: | ---: | ---: | ---: |\n");
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f %s | %.1f %s | %.2f | %s |%n",
                    row.what,
                    row.ours,
                    row.unit,
                    row.theirs,
                    row.unit,
                    row.ours / row.theirs,
                    row.goal == 0 ? "" : String.format(Locale.ROOT, "≤ %.2f", row.goal)));
        }
        return table.append("\n").append(java).append('\n').toString();
    }
}
