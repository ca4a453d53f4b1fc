package io.quorate.cli.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * Lines over two axes, as SVG.
 *
 * @param label what it shows, for those who do not see it
 * @param x horizontal axis; likewise y
 * @param lines from 0
 * @param shadeTo values of x below it lie on a shaded ground; NaN for none
 */
record LineChart(String label, Axis x, Axis y, List<Line> lines, double shadeTo) {
    private static final double WIDTH = 720;
    private static final double HEIGHT = 300;
    private static final double LEFT = 64;
    private static final double RIGHT = 16;
    private static final double TOP = 12;
    private static final double BOTTOM = 44;

    /** An axis, its name and how its marks are written. */
    record Axis(Scale scale, String name, DoubleFunction<String> format) {}

    /**
     * One line.
     *
     * @param style a class of the page's style sheet that sets the colour
     */
    record Line(String name, String style, List<Point> points) {}

    record Point(double x, double y) {}

    LineChart {
        lines = List.copyOf(lines);
    }

    Markup markup() {
        Markup svg = new Markup();
        svg.open("svg", "viewBox", "0 0 720 300", "role", "img", "aria-label", label);
        if (!Double.isNaN(shadeTo)) {
            double end = xAt(shadeTo);
            svg.empty("rect", "class", "shade", "x", LEFT, "y", TOP, "width", end - LEFT, "height", plotHeight());
            svg.element("text", "warm-up", "class", "note", "x", LEFT + 6, "y", TOP + 14);
        }
        grid(svg);
        for (Line line : lines) {
            draw(svg, line);
        }
        return svg.close("svg");
    }

    private void grid(Markup svg) {
        for (double tick : y.scale().ticks()) {
            double at = yAt(tick);
            svg.empty("line", "class", "grid", "x1", LEFT, "x2", WIDTH - RIGHT, "y1", at, "y2", at);
            svg.element("text", y.format().apply(tick), "class", "tick end", "x", LEFT - 8, "y", at + 4);
        }
        for (double tick : x.scale().ticks()) {
            double at = xAt(tick);
            svg.empty("line", "class", "grid", "x1", at, "x2", at, "y1", TOP, "y2", HEIGHT - BOTTOM);
            svg.element("text", x.format().apply(tick), "class", "tick mid", "x", at, "y", HEIGHT - BOTTOM + 18);
        }
        svg.element("text", x.name(), "class", "axis end", "x", WIDTH - RIGHT, "y", HEIGHT - 6);
        svg.element("text", y.name(), "class", "axis", "x", LEFT, "y", HEIGHT - 6);
    }

    private void draw(Markup svg, Line line) {
        StringBuilder points = new StringBuilder();
        for (Point point : line.points()) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", xAt(point.x()), yAt(point.y())));
        }
        svg.open("g", "class", line.style());
        svg.empty("polyline", "class", "line", "points", points.toString().trim());
        for (Point point : line.points()) {
            svg.open("circle", "class", "dot", "cx", xAt(point.x()), "cy", yAt(point.y()), "r", 3);
            svg.element(
                    "title",
                    line.name() + ": " + y.format().apply(point.y()) + " at "
                            + x.format().apply(point.x()));
            svg.close("circle");
        }
        svg.close("g");
    }

    private static double plotHeight() {
        return HEIGHT - TOP - BOTTOM;
    }

    private double xAt(double value) {
        return LEFT + x.scale().at(value) * (WIDTH - LEFT - RIGHT);
    }

    private double yAt(double value) {
        return HEIGHT - BOTTOM - y.scale().at(value) * plotHeight();
    }
}
