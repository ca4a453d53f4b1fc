package io.quorate.cli.bench.load;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * A system with known latencies in virtual time: each operation takes the service time, and none is answered during a stall
 * (those open then, or begun in it, are answered a service time after its end).
 */
public final class SimulatedSystem implements LoadOperation {
    private final VirtualClock clock;
    private final long serviceNanos;
    private long stallFrom = Long.MAX_VALUE;
    private long stallUntil = Long.MAX_VALUE;
    private long failEvery = Long.MAX_VALUE;
    private long begun;
    private long open;
    private long maxOpen;

    public SimulatedSystem(VirtualClock clock, Duration service) {
        this.clock = clock;
        this.serviceNanos = service.toNanos();
    }

    /** Nothing is answered from this moment for this long. */
    public SimulatedSystem stallAt(Duration from, Duration length) {
        stallFrom = from.toNanos();
        stallUntil = stallFrom + length.toNanos();
        return this;
    }

    /** Every nth operation fails instead. */
    public SimulatedSystem failEvery(long n) {
        failEvery = n;
        return this;
    }

    public long begun() {
        return begun;
    }

    public long maxOpen() {
        return maxOpen;
    }

    @Override
    public CompletableFuture<Void> begin(int client, long sequence) {
        begun++;
        open++;
        maxOpen = Math.max(maxOpen, open);
        boolean fails = begun % failEvery == 0;
        CompletableFuture<Void> answer = new CompletableFuture<>();
        long normally = clock.nanoTime() + serviceNanos;
        boolean stalled = normally > stallFrom && clock.nanoTime() < stallUntil;
        clock.schedule(stalled ? stallUntil + serviceNanos : normally, () -> {
            open--;
            if (fails) {
                answer.completeExceptionally(new TimeoutException("no answer in time"));
            } else {
                answer.complete(null);
            }
        });
        return answer;
    }
}
