package io.quorate.tests.chaos;

import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.chaos.NodeNetwork.Link;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Breaks a cluster for some time, as drawn from a seed: one fault at a time or two that overlap, calm between them. Half of the faults
 * aim at a node that says that it leads. In the last third of the time the kinds that did not happen yet come first, so that a run of
 * some length has them all. Whatever was broken is mended at the end, also when something failed. One thread.
 */
final class Faults {
    private static final int CALM_MILLIS = 2_500;
    private static final int SHORTEST_MILLIS = 200;
    private static final int LONGEST_MILLIS = 6_000;
    private static final int PERCENT_COMBINED = 40;
    private static final Duration TRANSFER = Duration.ofSeconds(3);

    private final ChaosCluster cluster;
    private final NodeNetwork network;
    private final List<FaultKind> kinds;
    private final SplittableRandom random;
    private final Spans spans;
    private final long startNanos = System.nanoTime();
    private int faults;
    private final Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
    private final List<String> log = new ArrayList<>();

    /**
     * @param kinds to draw from
     * @param spans told of what is broken
     */
    Faults(ChaosCluster cluster, NodeNetwork network, List<FaultKind> kinds, SplittableRandom random, Spans spans) {
        this.spans = spans;
        this.cluster = cluster;
        this.network = network;
        this.kinds = List.copyOf(kinds);
        this.random = random;
    }

    /** Something that is broken now. */
    private record Broken(String who, String what, Mending mending) {}

    private interface Mending {
        void run() throws IOException;

        /** Waits until it is mended indeed. */
        default void await() {}
    }

    /** How many faults of each kind there were. A transfer counts when it was done, not when it was refused. */
    Map<FaultKind, Integer> counts() {
        return counts;
    }

    /** What was done when, a line each. */
    List<String> log() {
        return log;
    }

    /** Breaks and mends until the time is over. Fails if a node that was killed does not start again. */
    void run(Duration time) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        long late = end - time.toNanos() / 3;
        Deque<Broken> broken = new ArrayDeque<>();
        try {
            while (System.nanoTime() < end) {
                rest(random.nextInt(CALM_MILLIS));
                int together = random.nextInt(100) < PERCENT_COMBINED ? 2 : 1;
                for (int i = 0; i < together; i++) {
                    FaultKind drawn = kinds.get(random.nextInt(kinds.size()));
                    FaultKind kind =
                            System.nanoTime() < late ? drawn : missing().orElse(drawn);
                    begin(kind, broken).ifPresent(broken::add);
                    rest(random.nextInt(SHORTEST_MILLIS, LONGEST_MILLIS) / together);
                }
                mendAll(broken);
            }
        } finally {
            mendAll(broken);
        }
    }

    /** A kind that did not happen yet. */
    private Optional<FaultKind> missing() {
        return kinds.stream().filter(kind -> !counts.containsKey(kind)).findFirst();
    }

    /** Waits; LockSupport also returns early, which a drawn time does not mind, but not for an interrupt. */
    private static void rest(int millis) throws InterruptedException {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
        if (Thread.interrupted()) {
            throw new InterruptedException("while a fault lasted");
        }
    }

    /** Mends all at once, then waits for what takes time: the next fault is not to meet a node that still starts. */
    private void mendAll(Deque<Broken> broken) throws IOException {
        IOException failure = null;
        for (Broken each : broken) {
            try {
                each.mending().run();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            broken.clear();
            throw failure;
        }
        while (!broken.isEmpty()) {
            Broken first = broken.remove();
            first.mending().await();
            spans.end(first.who());
            note("mended: " + first.what());
        }
    }

    private Optional<Broken> begin(FaultKind kind, Deque<Broken> broken) throws IOException {
        int node = target();
        boolean hurt = broken.stream()
                .anyMatch(other ->
                        other.what().equals("kill " + node) || other.what().equals("pause " + node));
        if (hurt && (kind == FaultKind.KILL || kind == FaultKind.PAUSE)) {
            return Optional.empty();
        }
        return switch (kind) {
            case KILL -> begun(kind, "kill " + node, kill(node));
            case PAUSE -> begun(kind, "pause " + node, pause(node));
            case PARTITION -> cut(kind, partition(node));
            case ONE_WAY -> cut(kind, oneWay(node));
            case TRANSFER -> transfer(node);
        };
    }

    private Optional<Broken> begun(FaultKind kind, String what, Mending mending) {
        counts.merge(kind, 1, Integer::sum);
        note(what);
        String who = "fault " + ++faults + ":";
        spans.begin(who, what);
        return Optional.of(new Broken(who, what, mending));
    }

    /** A node; every other time one that says that it leads. */
    private int target() {
        int any = 1 + random.nextInt(ChaosCluster.NODES);
        boolean leader = random.nextBoolean();
        ShardId shard = random.nextBoolean() ? ChaosCluster.KV : ChaosCluster.LOG;
        int which = random.nextInt(ChaosCluster.NODES);
        List<Integer> leading = leader ? cluster.claimingToLead(shard) : List.of();
        return leading.isEmpty() ? any : leading.get(which % leading.size());
    }

    private Mending kill(int node) {
        cluster.nodes().kill(node);
        return new Mending() {
            @Override
            public void run() throws IOException {
                cluster.nodes().restart(node);
            }

            @Override
            public void await() {
                cluster.awaitServing(node);
            }
        };
    }

    private Mending pause(int node) {
        cluster.nodes().process(node).pause();
        return () -> cluster.nodes().process(node).resume();
    }

    private List<Link> partition(int node) {
        int other = other(node);
        return switch (random.nextInt(4)) {
            case 0 -> List.of(new Link(node, other), new Link(other, node));
            case 1 ->
                IntStream.rangeClosed(1, ChaosCluster.NODES)
                        .boxed()
                        .flatMap(from -> linksFrom(from).stream())
                        .toList();
            default -> both(linksFrom(node), linksTo(node));
        };
    }

    private List<Link> oneWay(int node) {
        return switch (random.nextInt(3)) {
            case 0 -> List.of(new Link(node, other(node)));
            case 1 -> linksFrom(node);
            default -> linksTo(node);
        };
    }

    private static List<Link> linksFrom(int node) {
        return IntStream.rangeClosed(1, ChaosCluster.NODES)
                .filter(other -> other != node)
                .mapToObj(other -> new Link(node, other))
                .toList();
    }

    private static List<Link> linksTo(int node) {
        return linksFrom(node).stream()
                .map(link -> new Link(link.to(), link.from()))
                .toList();
    }

    private static List<Link> both(List<Link> some, List<Link> others) {
        List<Link> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private int other(int node) {
        return 1 + (node - 1 + 1 + random.nextInt(ChaosCluster.NODES - 1)) % ChaosCluster.NODES;
    }

    private Optional<Broken> cut(FaultKind kind, List<Link> links) throws IOException {
        for (Link link : links) {
            network.cut(link);
        }
        String what = "cut "
                + links.stream().map(link -> link.from() + ">" + link.to()).toList();
        return begun(kind, what, () -> {
            for (Link link : links) {
                network.mend(link);
            }
        });
    }

    private Optional<Broken> transfer(int node) {
        ShardId shard = random.nextBoolean() ? ChaosCluster.KV : ChaosCluster.LOG;
        String who = "transfer " + ++faults + ":";
        spans.begin(who, shard + " to " + node);
        try (ClusterAdmin admin = new ClusterAdmin(cluster.addresses(), Optional.empty(), TRANSFER, line -> {})) {
            admin.transferLeadership(shard, new NodeId("n" + node));
            counts.merge(FaultKind.TRANSFER, 1, Integer::sum);
            note("leadership of " + shard + " handed to " + node);
        } catch (AdminException refused) {
            note("leadership of " + shard + " not handed to " + node + ": " + refused.getMessage());
        }
        spans.end(who);
        return Optional.empty();
    }

    private void note(String what) {
        log.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) + " ms: " + what);
    }
}
