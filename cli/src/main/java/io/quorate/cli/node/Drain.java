package io.quorate.cli.node;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.ReadConsistency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives leadership away before a node stops, so that clients wait for a hand-over and not for an election. */
final class Drain {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    /** For a majority to confirm that this replica leads. */
    private static final Duration CONFIRM = Duration.ofSeconds(1);

    private Drain() {}

    /**
     * Hands every shard that is led here to another voter, all at once.
     *
     * @param timeout for all of them together; a shard that is not handed over by then elects a leader when this node is gone
     * @return how many were handed over
     */
    static int run(Collection<HostedShard> shards, Duration timeout) {
        List<CompletableFuture<Boolean>> transfers = new ArrayList<>();
        for (HostedShard shard : shards) {
            LogStatus status = shard.status();
            List<Peer> successors = successors(status);
            if (!successors.isEmpty()) {
                transfers.add(handOverIfWanted(shard, successors, timeout));
            }
        }
        try {
            CompletableFuture.allOf(transfers.toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("not all shards were handed over within {} ms", timeout.toMillis());
        } catch (ExecutionException e) {
            throw new IllegalStateException("a hand-over does not fail, it answers false", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("interrupted while shards were handed over; stopping at once");
        }
        return (int) transfers.stream().filter(t -> t.getNow(false)).count();
    }

    /** The other voters that hold data, if this replica leads. */
    static List<Peer> successors(LogStatus status) {
        if (!status.leads()) {
            return List.of();
        }
        return status.peers().stream()
                .filter(peer -> peer.role().votes() && peer.role().holdsData())
                .filter(peer -> !peer.id().equals(status.self()))
                .toList();
    }

    /** Without a majority nobody can take over, and the node stops at once: whoever stops all nodes need not wait for each. */
    private static CompletableFuture<Boolean> handOverIfWanted(
            HostedShard shard, List<Peer> successors, Duration timeout) {
        return shard.readBarrier(ReadConsistency.LINEARIZABLE, CONFIRM)
                .handle((lsn, failure) -> failure)
                .thenCompose(failure -> {
                    if (failure == null) {
                        return handOver(shard, successors, timeout);
                    }
                    log.info(
                            "[{}] nobody to hand over to: no majority of its voters answers",
                            shard.descriptor().shard());
                    return CompletableFuture.completedFuture(false);
                });
    }

    /** To the first of them that takes over: one may be down. */
    private static CompletableFuture<Boolean> handOver(HostedShard shard, List<Peer> successors, Duration timeout) {
        return handOver(shard, successors.get(0), timeout)
                .thenCompose(done ->
                        done || successors.size() == 1 || !shard.status().leads()
                                ? CompletableFuture.completedFuture(done)
                                : handOver(shard, successors.subList(1, successors.size()), timeout));
    }

    private static CompletableFuture<Boolean> handOver(HostedShard shard, Peer peer, Duration timeout) {
        String name = shard.descriptor().shard().value();
        return shard.membership().transferLeadership(peer.id(), timeout).handle((done, failure) -> {
            if (failure == null) {
                log.info("[{}] handed over to {}", name, peer.id().node());
            } else {
                log.warn("[{}] not handed over to {}: {}", name, peer.id().node(), failure.getMessage());
            }
            return failure == null;
        });
    }
}
