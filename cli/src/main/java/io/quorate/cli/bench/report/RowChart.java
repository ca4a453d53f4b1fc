package io.quorate.cli.bench.report;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Rows over one horizontal axis, as SVG: bars, stacked bars, or marks on a line.
 *
 * @param label what it shows, for those who do not see it
 * @param scale of the values
 * @param axis name of the axis
 * @param format how its marks are written
 * @param rows from top to bottom
 */
record RowChart(String label, Scale scale, String axis, DoubleFunction<String> format, List<Row> rows) {
    private static final double WIDTH = 720;
    private static final double LEFT = 150;
    private static final double RIGHT = 96;
    private static final double ROW = 40;
    private static final double BAR = 18;
    private static final double BOTTOM = 40;
    private static final double TOP = 6;

    /**
     * One row.
     *
     * @param name at its left
     * @param value at its right
     * @param bars from, to and style of each; drawn first
     * @param marks single values, each with a name for the pointer
     */
    record Row(String name, String value, List<Bar> bars, List<Mark> marks) {
        Row {
            bars = List.copyOf(bars);
            marks = List.copyOf(marks);
        }
    }

    /** A bar; a thin one is a line on which marks stand. */
    record Bar(double from, double to, String style, boolean thin, String name) {}

    record Mark(double at, String style, String name) {}

    RowChart {
        rows = List.copyOf(rows);
    }

    Markup markup() {
        double height = TOP + rows.size() * ROW + BOTTOM;
        Markup svg = new Markup();
        svg.open("svg", "viewBox", "0 0 720 " + Math.round(height), "role", "img", "aria-label", label);
        double bottom = height - BOTTOM;
        for (double tick : scale.ticks()) {
            svg.empty("line", "class", "grid", "x1", at(tick), "x2", at(tick), "y1", TOP, "y2", bottom);
            svg.element("text", format.apply(tick), "class", "tick mid", "x", at(tick), "y", bottom + 16);
        }
        svg.element("text", axis, "class", "axis end", "x", WIDTH - RIGHT, "y", height - 4);
        for (int i = 0; i < rows.size(); i++) {
            draw(svg, rows.get(i), TOP + i * ROW + ROW / 2);
        }
        return svg.close("svg");
    }

    private void draw(Markup svg, Row row, double middle) {
        svg.element("text", row.name(), "class", "row end", "x", LEFT - 12, "y", middle + 4);
        for (Bar bar : row.bars()) {
            double thickness = bar.thin() ? 3 : BAR;
            svg.open("g", "class", bar.style());
            svg.open(
                    "rect",
                    "class",
                    "bar",
                    "x",
                    at(bar.from()),
                    "y",
                    middle - thickness / 2,
                    "width",
                    Math.max(1, at(bar.to()) - at(bar.from())),
                    "height",
                    thickness,
                    "rx",
                    bar.thin() ? 1.5 : 3.0);
            svg.element("title", bar.name()).close("rect").close("g");
        }
        for (Mark mark : row.marks()) {
            svg.open("g", "class", mark.style());
            svg.open("circle", "class", "mark", "cx", at(mark.at()), "cy", middle, "r", 5);
            svg.element("title", mark.name()).close("circle").close("g");
        }
        svg.element("text", row.value(), "class", "value", "x", WIDTH - RIGHT + 12, "y", middle + 4);
    }

    private double at(double value) {
        return LEFT + scale.at(value) * (WIDTH - LEFT - RIGHT);
    }
}
