package io.quorate.cli.bench.load;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: sleeping runs the timers that are due until then, in order, on the caller's thread. */
public final class VirtualClock implements LoadClock {
    private record Timer(long atNanos, long order, Runnable task) {}

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atNanos).thenComparingLong(Timer::order));
    private long now;
    private long scheduled;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void schedule(long atNanos, Runnable task) {
        timers.add(new Timer(Math.max(atNanos, now), scheduled++, task));
    }

    @Override
    public void sleepUntil(long atNanos) {
        while (!timers.isEmpty() && timers.peek().atNanos() <= atNanos) {
            Timer timer = timers.remove();
            now = Math.max(now, timer.atNanos());
            timer.task().run();
        }
        now = Math.max(now, atNanos);
    }
}
