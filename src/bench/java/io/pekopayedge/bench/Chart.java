package io.pekopayedge.bench;

import java.util.List;
import java.util.Locale;

/** The ratios as bars, each with its goal as a line: at or left of it is good. */
final class Chart {
    private static final int LEFT = 330;
    private static final int UNIT = 330;
    private static final double LONGEST = 1.8;
    private static final int STEP = 30;

    private Chart() {}

    static String of(List<Figures.Row> all, String java) {
        List<Figures.Row> rows = all.stream().filter(row -> row.goal() > 0).toList();
        StringBuilder svg = new StringBuilder();
        int height = 40 + STEP * rows.size();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 %d\" role=\"img\" aria-labelledby=\"t\""
                        + " font-family=\"system-ui, sans-serif\" font-size=\"13\">",
                height);
        line(svg, "<title id=\"t\">pekopay-edge against plain peers, ratios, %s; the line is the goal</title>", java);
        line(svg, "<rect width=\"1000\" height=\"%d\" fill=\"#fff\"/>", height);
        line(svg, "<text x=\"%d\" y=\"20\" fill=\"#444\">ratio to the peer; line: goal (%s)</text>", LEFT, java);
        for (int i = 0; i < rows.size(); i++) {
            bar(svg, rows.get(i), 32 + STEP * i);
        }
        line(svg, "</svg>");
        return svg.toString();
    }

    private static void bar(StringBuilder svg, Figures.Row row, int top) {
        boolean met = row.ratio() <= row.goal();
        line(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#1b1b1b\">%s</text>",
                LEFT - 8,
                top + 15,
                row.what());
        double width = Math.min(row.ratio(), LONGEST) * UNIT;
        line(
                svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"20\" fill=\"%s\"/>",
                LEFT,
                top,
                width,
                met ? "#2b7a3d" : "#c1121f");
        line(svg, "<text x=\"%.0f\" y=\"%d\" fill=\"#1b1b1b\">%.2f</text>", LEFT + width + 6, top + 15, row.ratio());
        double goal = LEFT + Math.min(row.goal(), LONGEST) * UNIT;
        line(
                svg,
                "<path d=\"M%.0f %dV%d\" stroke=\"#1b1b1b\" stroke-width=\"2\" stroke-dasharray=\"3 2\"/>",
                goal,
                top - 3,
                top + 23);
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
