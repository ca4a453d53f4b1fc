package io.quorate.statemachine.metrics;

import com.codahale.metrics.Reservoir;
import com.codahale.metrics.Snapshot;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The last 256 values, in 2 KB. Dropwizard's default takes about 100 KB a timer when it is full, and a shard has some twenty
 * timers. It also adds all values up, which Dropwizard does not. Lock-free; a value may be missing from a snapshot taken while it is
 * written.
 */
public final class RecentReservoir implements Reservoir {
    private static final int SIZE = 256;

    private final AtomicLongArray values = new AtomicLongArray(SIZE);
    private final AtomicLong count = new AtomicLong();
    private final LongAdder sum = new LongAdder();

    @Override
    public int size() {
        return (int) Math.min(count.get(), SIZE);
    }

    @Override
    public void update(long value) {
        sum.add(value);
        values.set((int) (count.getAndIncrement() % SIZE), value);
    }

    @Override
    public Snapshot getSnapshot() {
        long[] copy = new long[size()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = values.get(i);
        }
        return new RecentSnapshot(copy, sum.sum());
    }
}
