package io.quorate.cli.node;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives leadership away before a node stops, so that clients wait for a hand-over and not for an election. Where there is nobody to give
 * it to, what was accepted is answered before the shard is closed.
 */
final class Drain {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    /** Between two looks at who is left: others may stop, too. */
    private static final long LOOK_MILLIS = 250;
    /** Between two looks whether a shard is idle, which it may be for a moment only. */
    private static final long IDLE_LOOK_MILLIS = 5;

    private Drain() {}

    /**
     * Hands every shard that is led here to another voter that stays, all at once. Whoever stops all nodes need not wait for each:
     * where nobody stays, or no majority is left for an election, nothing is waited for. A shard without another voter that could lead
     * is waited for until it is idle.
     *
     * @param stays whether a node goes on serving: false if it is about to stop or does not answer; never fails
     * @param timeout for all of them together; a shard that is not handed over by then elects a leader when this node is gone
     * @return how many were handed over
     */
    static int run(Collection<HostedShard> shards, Function<Peer, CompletableFuture<Boolean>> stays, Duration timeout) {
        Map<Boolean, List<HandOver>> led = shards.stream()
                .filter(shard -> shard.status().leads())
                .map(shard -> new HandOver(shard, timeout))
                .collect(Collectors.partitioningBy(HandOver::hasSuccessors));
        List<HandOver> all = led.get(true);
        long deadline = System.nanoTime() + timeout.toNanos();
        List<HandOver> left = all;
        try {
            while (!left.isEmpty() && deadline - System.nanoTime() > 0) {
                look(left, stays);
                await(left, deadline);
                left = left.stream()
                        .filter(handOver -> !handOver.done().isDone())
                        .toList();
            }
            if (!left.isEmpty()) {
                log.warn("not all shards were handed over within {} ms", timeout.toMillis());
            }
            awaitIdle(led.get(false), deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("interrupted while shards were handed over; stopping at once");
        }
        return (int)
                all.stream().filter(handOver -> handOver.done().getNow(false)).count();
    }

    private static void awaitIdle(List<HandOver> alone, long deadline) throws InterruptedException {
        List<HandOver> busy = alone;
        while (!busy.isEmpty()) {
            busy = busy.stream().filter(handOver -> !handOver.isIdle()).toList();
            if (busy.isEmpty()) {
                return;
            }
            if (deadline - System.nanoTime() <= 0) {
                log.warn("{} shards without another voter still have appends that are not answered", busy.size());
                return;
            }
            TimeUnit.MILLISECONDS.sleep(IDLE_LOOK_MILLIS);
        }
    }

    /** A node of many shards is asked once. */
    private static void look(List<HandOver> left, Function<Peer, CompletableFuture<Boolean>> stays) {
        Map<Peer, CompletableFuture<Boolean>> asked = new HashMap<>();
        left.forEach(handOver -> handOver.look(peer -> asked.computeIfAbsent(peer, stays)));
    }

    private static void await(List<HandOver> left, long deadline) throws InterruptedException {
        long millis = Math.min(LOOK_MILLIS, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1);
        try {
            CompletableFuture.allOf(left.stream().map(HandOver::done).toArray(CompletableFuture[]::new))
                    .get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.debug("{} shards are not handed over yet", left.size());
        } catch (ExecutionException e) {
            throw new IllegalStateException("a hand-over does not fail, it answers false", e);
        }
    }
}
