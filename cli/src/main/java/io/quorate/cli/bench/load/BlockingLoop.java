package io.quorate.cli.bench.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The closed loop as most programs have it: one thread for each outstanding operation, which waits for its answer.
 *
 * <p>Costs one more thread hand-off an operation than {@link ClosedLoop}. A thread pauses after a failure as a slot does there.
 */
public final class BlockingLoop implements LoadGenerator {
    private final Workload workload;
    private final LoadOperation operation;
    private final LoadRecorder recorder;
    private final LoadClock clock;
    private final AtomicLong inFlight = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean abandoned;

    public BlockingLoop(Workload workload, LoadOperation operation, LoadRecorder recorder, LoadClock clock) {
        this.workload = workload;
        this.operation = operation;
        this.recorder = recorder;
        this.clock = clock;
    }

    @Override
    public void start() {
        for (int i = 0; i < workload.maxInFlight(); i++) {
            int client = i % workload.clients();
            int first = i / workload.clients();
            Thread thread = new Thread(() -> run(client, first), "bench-client-" + client + "-" + first);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(int client, long first) {
        try {
            long sequence = first;
            while (stop.getCount() != 0) {
                if (!callOnce(client, sequence)) {
                    stop.await(ClosedLoop.FAILURE_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
                sequence += workload.outstanding();
            }
        } catch (InterruptedException e) {
            // Nobody interrupts these threads but a JVM that ends: the client ends with it.
            Thread.currentThread().interrupt();
        }
    }

    private boolean callOnce(int client, long sequence) throws InterruptedException {
        long due = clock.nanoTime();
        inFlight.incrementAndGet();
        try {
            operation.begin(client, sequence).get();
            if (!abandoned) {
                recorder.succeeded(due, clock.nanoTime());
            }
            return true;
        } catch (ExecutionException | RuntimeException e) {
            if (!abandoned) {
                recorder.failed(e);
            }
            return false;
        } finally {
            inFlight.decrementAndGet();
        }
    }

    @Override
    public void stop() {
        stop.countDown();
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
}
