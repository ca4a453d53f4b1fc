package io.quorate.cli.bench.load;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Each client keeps its number of operations open and begins the next when one is answered.
 *
 * <p>It has no threads: the next operation begins on the thread that completed the one before, as in a program built of
 * completion chains; the first ones begin on the thread that starts the loop. The stack does not grow when a target
 * answers at once. After a failure a client waits {@value #FAILURE_PAUSE_MILLIS} ms, so that a system which refuses work at once is not flooded.
 */
public final class ClosedLoop implements LoadGenerator {
    /** Pause of one outstanding slot after a failure. */
    public static final long FAILURE_PAUSE_MILLIS = 10;

    private static final long FAILURE_PAUSE_NANOS =
            Duration.ofMillis(FAILURE_PAUSE_MILLIS).toNanos();

    private final LoadOperation operation;
    private final LoadRecorder recorder;
    private final LoadClock clock;
    private final Slot[] slots;
    private final AtomicLong inFlight = new AtomicLong();
    private volatile boolean stopped;
    private volatile boolean abandoned;

    public ClosedLoop(Workload workload, LoadOperation operation, LoadRecorder recorder, LoadClock clock) {
        this.operation = operation;
        this.recorder = recorder;
        this.clock = clock;
        this.slots = new Slot[workload.maxInFlight()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot(i % workload.clients(), i / workload.clients(), workload.outstanding());
        }
    }

    @Override
    public void start() {
        for (Slot slot : slots) {
            slot.next();
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public long unfinished() {
        return inFlight.get();
    }

    @Override
    public long backlog() {
        return 0;
    }

    @Override
    public long abandon() {
        abandoned = true;
        return inFlight.get();
    }

    /** One operation at a time of one client. */
    private final class Slot {
        private final int client;
        private final int stride;
        /** Operations wanted and not begun: above 1 while an answer arrives during {@link #begin}. */
        private final AtomicInteger wanted = new AtomicInteger();
        /** Written by one operation at a time, each after the one before. */
        private long sequence;

        Slot(int client, int first, int stride) {
            this.client = client;
            this.sequence = first;
            this.stride = stride;
        }

        /** Begins the next operation here or, when this was called from within, in the loop further up the stack. */
        void next() {
            if (wanted.getAndIncrement() != 0) {
                return;
            }
            do {
                if (!stopped) {
                    begin();
                }
            } while (wanted.decrementAndGet() != 0);
        }

        private void begin() {
            long due = clock.nanoTime();
            long number = sequence;
            sequence += stride;
            inFlight.incrementAndGet();
            CompletableFuture<Void> answer;
            try {
                answer = operation.begin(client, number);
            } catch (RuntimeException e) {
                answer = CompletableFuture.failedFuture(e);
            }
            answer.whenComplete((nothing, failure) -> answered(due, failure));
        }

        private void answered(long due, Throwable failure) {
            long now = clock.nanoTime();
            if (!abandoned) {
                if (failure == null) {
                    recorder.succeeded(due, now);
                } else {
                    recorder.failed(failure);
                }
            }
            inFlight.decrementAndGet();
            if (failure == null) {
                next();
            } else if (!stopped) {
                clock.schedule(now + FAILURE_PAUSE_NANOS, this::next);
            }
        }
    }
}
