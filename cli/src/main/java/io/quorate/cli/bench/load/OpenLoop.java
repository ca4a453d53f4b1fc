package io.quorate.cli.bench.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Operations arrive at a fixed rate, whatever the system does.
 *
 * <p>Arrival i is due at {@code start + i / rate}, and its latency counts from there. What is in flight is bounded; an
 * arrival beyond the bound waits its turn, none is dropped, and {@link #backlog} says how many wait. So a stall of the
 * system shows in the latency of every arrival that came during it (Gil Tene: "How NOT to measure latency"). Clients take
 * the arrivals in turn. The time between arrivals is constant; at more than {@code 1e9 / }{@value #MIN_TICK_NANOS} a second, several
 * begin in one go, each counted from its own due time.
 */
public final class OpenLoop implements LoadGenerator {
    private static final long MIN_TICK_NANOS = 50_000;
    private static final long NEVER_STOPPED = Long.MAX_VALUE;

    private final int clients;
    private final int maxInFlight;
    private final double nanosPerArrival;
    private final LoadOperation operation;
    private final LoadRecorder recorder;
    private final LoadClock clock;

    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicBoolean timerArmed = new AtomicBoolean();
    /** Requests to look for due arrivals; the one who raises it from 0 does it for all. */
    private final AtomicInteger wakeups = new AtomicInteger();
    /** First arrival that has not begun. Written only by the thread that holds {@link #wakeups}. */
    private volatile long next;

    private volatile long startNanos;
    /** Arrivals due at or after it never come. */
    private volatile long stopNanos = NEVER_STOPPED;

    private volatile boolean abandoned;

    public OpenLoop(Workload workload, LoadOperation operation, LoadRecorder recorder, LoadClock clock) {
        this.clients = workload.clients();
        this.maxInFlight = workload.maxInFlight();
        this.nanosPerArrival = 1e9 / workload.requestsPerSecond();
        this.operation = operation;
        this.recorder = recorder;
        this.clock = clock;
    }

    @Override
    public void start() {
        startNanos = clock.nanoTime();
        wakeUp();
    }

    @Override
    public void stop() {
        stopNanos = clock.nanoTime();
    }

    @Override
    public long unfinished() {
        return inFlight.get() + backlog();
    }

    @Override
    public long backlog() {
        return Math.max(0, arrivedBy(clock.nanoTime()) - next);
    }

    @Override
    public long abandon() {
        long unfinished = unfinished();
        abandoned = true;
        return unfinished;
    }

    private long dueNanos(long arrival) {
        return startNanos + (long) (arrival * nanosPerArrival);
    }

    /** How many arrivals were due until now. */
    private long arrivedBy(long nowNanos) {
        long end = Math.min(nowNanos + 1, stopNanos);
        long count = (long) ((end - startNanos) / nanosPerArrival);
        while (dueNanos(count) < end) {
            count++;
        }
        return count;
    }

    private void onTimer() {
        timerArmed.set(false);
        wakeUp();
    }

    private void wakeUp() {
        if (wakeups.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            beginDue();
            seen = wakeups.addAndGet(-seen);
        } while (seen != 0);
    }

    private void beginDue() {
        long now = clock.nanoTime();
        long arrived = arrivedBy(now);
        while (next < arrived && !abandoned) {
            if (inFlight.get() >= maxInFlight) {
                return; // The answer that makes room wakes this up.
            }
            long arrival = next;
            next = arrival + 1;
            begin(arrival);
        }
        if (now < stopNanos && !abandoned && timerArmed.compareAndSet(false, true)) {
            clock.schedule(Math.max(dueNanos(next), now + MIN_TICK_NANOS), this::onTimer);
        }
    }

    private void begin(long arrival) {
        inFlight.incrementAndGet();
        CompletableFuture<Void> answer;
        try {
            answer = operation.begin((int) (arrival % clients), arrival / clients);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((nothing, failure) -> answered(arrival, failure));
    }

    private void answered(long arrival, Throwable failure) {
        if (!abandoned) {
            if (failure == null) {
                recorder.succeeded(dueNanos(arrival), clock.nanoTime());
            } else {
                recorder.failed(failure);
            }
        }
        inFlight.decrementAndGet();
        if (backlog() > 0) {
            wakeUp();
        }
    }
}
