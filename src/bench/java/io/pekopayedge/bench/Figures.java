package io.pekopayedge.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What was measured, and the table of it. */
final class Figures {
    /**
     * One line of the table.
     *
     * @param least of the ratios of single turns, or the ratio itself
     * @param most likewise
     * @param goal 0 is no goal
     */
    record Row(String what, double ours, double theirs, String unit, double least, double most, double goal) {
        double ratio() {
            return ours / theirs;
        }
    }

    private final Map<String, List<Double>> turns = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();

    /** One turn's figure of one subject. */
    void add(String subject, double figure) {
        turns.computeIfAbsent(subject, name -> new ArrayList<>()).add(figure);
        System.out.printf(Locale.ROOT, "%-32s %10.1f%n", subject, figure);
    }

    private double median(String subject) {
        double[] sorted = turns.get(subject).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return sorted.length % 2 == 1
                ? sorted[sorted.length / 2]
                : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    /** Medians of two subjects that were measured in turns. */
    void row(String what, String ours, String theirs, String unit, double goal) {
        List<Double> mine = turns.get(ours);
        List<Double> others = turns.get(theirs);
        double[] ratios = IntStream.range(0, Math.min(mine.size(), others.size()))
                .mapToDouble(turn -> mine.get(turn) / others.get(turn))
                .sorted()
                .toArray();
        rows.add(new Row(what, median(ours), median(theirs), unit, ratios[0], ratios[ratios.length - 1], goal));
    }

    /** A figure with a bound of its own. */
    void bounded(String what, String ours, String unit, double bound) {
        double[] ratios =
                turns.get(ours).stream().mapToDouble(f -> f / bound).sorted().toArray();
        rows.add(new Row(what, median(ours), bound, unit, ratios[0], ratios[ratios.length - 1], 1));
    }

    List<Row> rows() {
        return rows;
    }

    String table() {
        StringBuilder table = new StringBuilder("| what | pekopay-edge | against | ratio (turns) | goal |\n")
                .append("| --- | ---: | ---: | ---: | ---: |\n");
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f %s | %.1f %s | %.2f (%.2f–%.2f) | %s |%n",
                    row.what,
                    row.ours,
                    row.unit,
                    row.theirs,
                    row.unit,
                    row.ratio(),
                    row.least,
                    row.most,
                    row.goal == 0 ? "" : String.format(Locale.ROOT, "≤ %.2f", row.goal)));
        }
        return table.toString();
    }
}
