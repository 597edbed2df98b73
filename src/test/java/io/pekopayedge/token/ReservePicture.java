package io.pekopayedge.token;

import io.pekopayedge.token.ShopDay.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The day as a picture: three panels over one time axis, with a title, a description and texts of its own. */
final class ReservePicture {
    private static final int LEFT = 70;
    private static final int WIDTH = 860;
    private static final int HEIGHT = 110;
    private static final int GAP = 48;
    private static final int TOP = 56;
    private static final int FROM = 8 * 60;
    private static final int TO = 20 * 60;

    private final StringBuilder svg = new StringBuilder();
    private final List<Sample> samples;

    private ReservePicture(List<Sample> day) {
        samples =
                day.stream().filter(s -> s.minute() >= FROM && s.minute() <= TO).toList();
    }

    static String of(ShopDay day) {
        return new ReservePicture(day.samples).draw();
    }

    private String draw() {
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 %d\" role=\"img\" aria-labelledby=\"t d\""
                        + " font-family=\"system-ui, sans-serif\" font-size=\"12\">",
                TOP + 3 * (HEIGHT + GAP));
        line("<title id=\"t\">A day of the reserve, simulated in virtual time</title>");
        line(
                "<desc id=\"d\">Refreshes per two minutes served and refused, ready tokens and their target, age of the oldest"
                        + " ready token. PekoPay is away from 12:20 to 12:40; every request is served.</desc>");
        line("<rect width=\"1000\" height=\"%d\" fill=\"#fff\"/>", TOP + 3 * (HEIGHT + GAP));
        line(
                "<text x=\"%d\" y=\"20\" font-size=\"15\" font-weight=\"600\" fill=\"#1b1b1b\">reserve.cover: 20m,"
                        + " PekoPay away for 20 minutes at lunch</text>",
                LEFT);
        band(ShopDay.OUTAGE_FROM, ShopDay.OUTAGE_TO, "#f7c6c5", "outage");
        band(ShopDay.SLOW_FROM, ShopDay.SLOW_TO, "#fdebc8", "half of the answers slow");
        panel(0, "refreshes in 2 min: served (blue), refused (red), mint calls (grey)", 1600);
        plot(0, 1600, s -> s.mints(), "#9a9a9a", 1);
        plot(0, 1600, s -> s.served(), "#1f5fbf", 1.6);
        plot(0, 1600, s -> s.refused(), "#c1121f", 1.6);
        panel(1, "ready tokens (green) and target (grey)", 8000);
        plot(1, 8000, s -> s.target(), "#9a9a9a", 1);
        plot(1, 8000, s -> s.fresh() + s.stale(), "#2b7a3d", 1.6);
        panel(2, "age of the oldest ready token in minutes; dashed: fresh-for 30, serve-until 55", 60);
        dashed(2, 30.0 / 60);
        dashed(2, 55.0 / 60);
        plot(2, 60, Sample::oldestMinutes, "#7a3fa0", 1.6);
        for (int hour = FROM / 60; hour <= TO / 60; hour += 2) {
            line(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#444\">%02d:00</text>",
                    x(hour * 60), TOP + 3 * HEIGHT + 2 * GAP + 18, hour);
        }
        line("</svg>");
        return svg.toString();
    }

    private void band(Duration from, Duration to, String colour, String name) {
        double left = x((int) from.toMinutes());
        line(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                left, TOP - 14, x((int) to.toMinutes()) - left, 3 * HEIGHT + 2 * GAP + 14, colour);
        line("<text x=\"%.1f\" y=\"%d\" fill=\"#444\">%s</text>", left, TOP - 18, name);
    }

    private void panel(int number, String name, int most) {
        line(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#ccc\"/>",
                LEFT, top(number), WIDTH, HEIGHT);
        line("<text x=\"%d\" y=\"%d\" fill=\"#1b1b1b\">%s</text>", LEFT + 6, top(number) + 15, name);
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#444\">%d</text>", LEFT - 6, top(number) + 10, most);
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#444\">0</text>", LEFT - 6, top(number) + HEIGHT);
    }

    private void dashed(int number, double share) {
        double y = top(number) + HEIGHT * (1 - share);
        line("<path d=\"M%d %.1fH%d\" stroke=\"#777\" stroke-dasharray=\"4 4\"/>", LEFT, y, LEFT + WIDTH);
    }

    private void plot(int number, double most, ToDoubleFunction<Sample> value, String colour, double width) {
        StringBuilder points = new StringBuilder();
        for (Sample s : samples) {
            double share = Math.min(1, value.applyAsDouble(s) / most);
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(s.minute()), top(number) + HEIGHT * (1 - share)));
        }
        line(
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" points=\"%s\"/>",
                colour, width, points.toString().trim());
    }

    private static int top(int panel) {
        return TOP + panel * (HEIGHT + GAP);
    }

    private static double x(int minute) {
        return LEFT + (double) WIDTH * (minute - FROM) / (TO - FROM);
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
