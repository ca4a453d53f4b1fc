package io.quorate.statemachine.metrics;

import com.codahale.metrics.UniformSnapshot;

/** The recent values of a {@link RecentReservoir}, and the sum of all values that it ever got. */
public final class RecentSnapshot extends UniformSnapshot {
    private final long sum;

    RecentSnapshot(long[] recent, long sum) {
        super(recent);
        this.sum = sum;
    }

    /** Of all values since the reservoir was made, in their unit. */
    public long sum() {
        return sum;
    }
}
