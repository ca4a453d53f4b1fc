package io.quorate.cli.bench.failover;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.node.Preset;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.cli.process.ProcessFailedException;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Disturbs the leader of a shard again and again, each time once all voters have caught up and the cluster has been calm. */
public final class FailoverBenchmark {
    private static final ShardId SHARD = new ShardId("bench");
    private static final int NODES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Duration WRITE_PERIOD = Duration.ofMillis(1);
    private static final long POLL_MILLIS = 5;
    /** A voter that is at most so many entries behind the leader, as one after the other was asked, has caught up. */
    private static final long CLOSE_ENTRIES = 2_000;

    private final Disturbance disturbance;
    private final int rounds;
    private final Duration calm;
    private final Duration warmup;
    private final Preset preset;
    private final List<String> jvmArgs;
    private final Consumer<String> progress;

    /**
     * @param rounds from 1
     * @param warmup writing before the first round, so that code is compiled
     * @param calm writing between a node's return and the next round
     * @param preset of each node
     */
    public FailoverBenchmark(
            Disturbance disturbance,
            int rounds,
            Duration warmup,
            Duration calm,
            Preset preset,
            List<String> jvmArgs,
            Consumer<String> progress) {
        if (rounds < 1 || rounds > 10_000) {
            throw new IllegalArgumentException("rounds not in 1..10000: " + rounds);
        }
        this.disturbance = disturbance;
        this.rounds = rounds;
        this.warmup = warmup;
        this.calm = calm;
        this.preset = preset;
        this.jvmArgs = List.copyOf(jvmArgs);
        this.progress = progress;
    }

    /**
     * Measures, and leaves nothing running.
     *
     * @param directory for the files of the nodes; must be new or empty
     * @param keep whether the files stay
     */
    public FailoverReport run(Path directory, boolean keep) throws IOException, InterruptedException {
        try (NodeProcesses nodes = new NodeProcesses(
                        ProcessCluster.open(directory, keep), NODES, jvmArgs, "preset: " + preset + "\n");
                ClusterAdmin admin = new ClusterAdmin(nodes.addresses(NODES), Optional.empty(), PATIENCE, progress)) {
            nodes.launchAll(NODES);
            admin.init(NODES);
            admin.createShard(SHARD, "kv", List.of(), NODES);
            try (SteadyWriter writer = new SteadyWriter(nodes.addresses(NODES), SHARD, WRITE_PERIOD)) {
                progress.accept("warming up for " + warmup.toSeconds() + " s");
                pause(warmup);
                List<Double> gaps = new ArrayList<>();
                for (int round = 1; round <= rounds; round++) {
                    gaps.add(round(nodes, admin, writer));
                    progress.accept(String.format(
                            "%s %d/%d: %.0f ms", disturbance.label(), round, rounds, gaps.get(round - 1)));
                }
                return new FailoverReport(disturbance, gaps, writer.acknowledged(), writer.failed());
            }
        }
    }

    private double round(NodeProcesses nodes, ClusterAdmin admin, SteadyWriter writer)
            throws IOException, InterruptedException {
        await("all voters to catch up", () -> haveCaughtUp(admin));
        pause(calm);
        int leader = leaderOf(admin);
        writer.gap().begin(System.nanoTime());
        switch (disturbance) {
            case KILL -> nodes.kill(leader);
            case STOP -> nodes.process(leader).pause();
            case TRANSFER -> transfer(admin, new NodeId(NodeProcesses.name(leader % NODES + 1)));
        }
        writer.gap().disturbed(System.nanoTime()); // not before: to send a signal takes milliseconds
        await("an acknowledgement after the leader's loss", () -> writer.gap().isOver());
        pause(Duration.ofSeconds(1)); // a leader that came and went at once would show as a second gap
        double gap = writer.gap().longest(System.nanoTime()) / 1e6;
        if (disturbance == Disturbance.KILL) {
            nodes.restart(leader);
            nodes.awaitListening(leader);
        } else if (disturbance == Disturbance.STOP) {
            nodes.process(leader).resume();
        }
        return gap;
    }

    /** Where somebody else came to lead instead, writers have waited all the same: that is a gap, too. */
    private void transfer(ClusterAdmin admin, NodeId heir) {
        try {
            admin.transferLeadership(SHARD, heir);
        } catch (AdminException e) {
            if (!e.error().equals("INDETERMINATE")) {
                throw e;
            }
            progress.accept("not handed over as asked, which counts: " + e.getMessage());
        }
    }

    private static int leaderOf(ClusterAdmin admin) {
        return NodeProcesses.number(admin.leader(SHARD).path("self").asText().split("\\.")[0]);
    }

    private static boolean haveCaughtUp(ClusterAdmin admin) {
        try {
            long leader = admin.leader(SHARD).path("appliedLsn").asLong();
            int close = 0;
            for (JsonNode node : admin.status()) {
                for (JsonNode shard : node.path("shards")) {
                    boolean ours = shard.path("shard").asText().equals(SHARD.value());
                    close += ours && shard.path("appliedLsn").asLong() >= leader - CLOSE_ENTRIES ? 1 : 0;
                }
            }
            return close == NODES;
        } catch (AdminException notNow) {
            return false;
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new ProcessFailedException("waited " + PATIENCE.toSeconds() + " s for " + what);
            }
            pause(Duration.ofMillis(POLL_MILLIS));
        }
    }

    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
}
