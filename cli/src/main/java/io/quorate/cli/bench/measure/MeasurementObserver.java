package io.quorate.cli.bench.measure;

/** Told what a measurement does, on the measuring thread, between intervals: be quick. */
public interface MeasurementObserver {
    /** An interval ended; {@link IntervalStats#endSeconds} counts from the beginning of its phase. */
    void interval(IntervalStats stats, boolean warmup);

    /** The warm-up ended. */
    void measuredTimeBegins(boolean steady, double spread, double warmupSeconds);

    /** The measured time ended; open operations are waited for. */
    void measuredTimeEnds();
}
