package io.quorate.cli.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Maps values to 0..1 along an axis, and says where its marks stand. */
final class Scale {
    private static final int WANTED_TICKS = 5;
    /** Share of operations above which the last percentile of an axis in nines lies. */
    private static final double SMALLEST_REST = 1e-5;

    private enum Kind {
        LINEAR,
        LOG,
        /** Percentiles, each further nine as wide as the one before. */
        NINES
    }

    private final Kind kind;
    private final double min;
    private final double max;

    private Scale(Kind kind, double min, double max) {
        this.kind = kind;
        this.min = min;
        this.max = max;
    }

    /** From min to at least max, ending at a round number. */
    static Scale linear(double min, double max) {
        double top = max > min ? max : min + 1;
        double step = roundUp((top - min) / WANTED_TICKS);
        return new Scale(Kind.LINEAR, min, Math.ceil(top / step - 1e-9) * step);
    }

    /** From min to max exactly. */
    static Scale exact(double min, double max) {
        return new Scale(Kind.LINEAR, min, max > min ? max : min + 1);
    }

    /** From a power of ten, or its double or fivefold, below min to one above max; values from 0 up count as the smallest. */
    static Scale log(double min, double max) {
        double low = Math.max(min, 1e-6);
        return new Scale(Kind.LOG, roundDown(low), roundUp(Math.max(max, low * 1.01)));
    }

    /** Percentiles from 0 up to the given one. */
    static Scale nines(double maxPercentile) {
        return new Scale(Kind.NINES, 0, nineCount(Math.max(90, maxPercentile)));
    }

    /** Position of a value, cut to the ends of the axis. */
    double at(double value) {
        double position =
                switch (kind) {
                    case LINEAR -> (value - min) / (max - min);
                    case LOG -> Math.log(Math.max(value, min) / min) / Math.log(max / min);
                    case NINES -> nineCount(value) / max;
                };
        return Math.max(0, Math.min(1, position));
    }

    /** Values of the marks, ascending. */
    List<Double> ticks() {
        return switch (kind) {
            case LINEAR -> linearTicks();
            case LOG -> logTicks();
            case NINES ->
                List.of(0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999).stream()
                        .filter(p -> nineCount(p) <= max + 1e-9)
                        .toList();
        };
    }

    private List<Double> linearTicks() {
        double step = roundUp((max - min) / WANTED_TICKS);
        List<Double> ticks = new ArrayList<>();
        for (double tick = Math.ceil(min / step - 1e-9) * step; tick <= max + step * 1e-6; tick += step) {
            ticks.add(Math.rint(tick / step) * step + 0.0); // Plus 0: never a negative zero.
        }
        return ticks;
    }

    private List<Double> logTicks() {
        boolean wide = max / min > 1_000;
        List<Double> ticks = new ArrayList<>();
        for (double decade = Math.pow(10, Math.floor(Math.log10(min) + 1e-9)); decade <= max * 1.0001; decade *= 10) {
            for (double factor : wide ? new double[] {1} : new double[] {1, 2, 5}) {
                double tick = decade * factor;
                if (tick >= min * 0.9999 && tick <= max * 1.0001) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    private static double nineCount(double percentile) {
        return -Math.log10(Math.max(SMALLEST_REST, 1 - percentile / 100));
    }

    private static double roundUp(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        for (double factor : new double[] {1, 2, 5, 10}) {
            if (decade * factor >= value * 0.9999) {
                return decade * factor;
            }
        }
        throw new AssertionError("no round number above " + value);
    }

    private static double roundDown(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        double found = decade;
        for (double factor : new double[] {2, 5, 10}) {
            if (decade * factor <= value * 1.0001) {
                found = decade * factor;
            }
        }
        return found;
    }
}
