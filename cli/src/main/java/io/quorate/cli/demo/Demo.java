package io.quorate.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.local.LogCheck;
import io.quorate.cli.local.LogFeed;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.node.DurationText;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.cli.process.ProcessFailedException;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the demonstration: founds a cluster of three processes, feeds it, kills the leader with -9 in the middle and starts it again,
 * adds a fourth peer, removes one, and compares. Every step happens while entries are being fed. It ends by itself, whatever hangs.
 */
public final class Demo {
    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final ShardId SHARD = new ShardId("demo");
    private static final int NODES = 4;
    /** How long what was broken off may take to notice it, before its processes are killed under it. */
    private static final Duration UNWIND = Duration.ofSeconds(3);

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private final List<Bytes> entries;
    private final Consumer<String> progress;
    /** What is being done, for whoever has to say why it was not done in time. */
    private volatile String at = "the beginning";

    private volatile Map<Integer, Lsn> acknowledged = Map.of();

    /** @param entries what to feed, at least one */
    public Demo(List<Bytes> entries, Consumer<String> progress) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("nothing to feed: the input is empty");
        }
        this.entries = List.copyOf(entries);
        this.progress = progress;
    }

    /**
     * Runs it in a directory of its own; nothing of it runs when this returns or throws.
     *
     * @param limit for all of it; a little more passes until what was broken off is cleaned up
     * @param kept where the report says that the nodes' files stay; empty if they are removed
     * @throws ProcessFailedException if a node ended or did not start, or the limit has passed; says at what
     */
    public DemoReport run(ProcessCluster processes, Duration limit, Optional<String> kept)
            throws IOException, InterruptedException {
        ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "demo");
            thread.setDaemon(true);
            return thread;
        });
        Future<DemoReport> result = worker.submit(() -> steps(processes, limit, kept));
        try (processes) {
            try {
                return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                worker.shutdownNow();
                if (!worker.awaitTermination(UNWIND.toMillis(), TimeUnit.MILLISECONDS)) {
                    log.warn("the demonstration does not notice that it was broken off; its nodes are killed");
                }
            }
        } catch (TimeoutException e) {
            throw new ProcessFailedException(
                    "not done within " + DurationText.format(limit) + ": it was at '" + at + "', with "
                            + acknowledged.size() + " of " + entries.size()
                            + " entries acknowledged; a busy machine or a large input"
                            + " needs a longer --timeout, and --keep leaves the nodes' logs");
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    private DemoReport steps(ProcessCluster processes, Duration patience, Optional<String> kept)
            throws IOException, InterruptedException {
        try (NodeProcesses cluster = new NodeProcesses(processes, NODES, List.of("-Xmx256m", "-XX:+UseSerialGC"), "");
                ClusterAdmin admin = new ClusterAdmin(cluster.addresses(3), Optional.empty(), patience, log::info)) {
            tell("starting three nodes at " + cluster.addresses(3));
            cluster.launchAll(NODES - 1);
            admin.init(3);
            admin.createShard(SHARD, "log", List.of(), 3);
            cluster.launch(NODES);
            ClientConfig config =
                    ClientConfig.of(cluster.addresses(3).toArray(String[]::new)).withTimeout(patience);
            try (QuorateClient client = QuorateClient.create(config)) {
                return feed(cluster, admin, new LogFeed(client.shard(SHARD), entries), kept);
            }
        }
    }

    private void tell(String step) {
        at = step;
        progress.accept(step);
    }

    /** What a step on another thread threw. */
    private static RuntimeException cause(ExecutionException failure) throws IOException, InterruptedException {
        Throwable cause = failure.getCause();
        if (cause instanceof IOException io) {
            throw io;
        }
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }

    private DemoReport feed(NodeProcesses cluster, ClusterAdmin admin, LogFeed feed, Optional<String> kept)
            throws IOException, InterruptedException {
        acknowledged = feed.acknowledged();
        int quarter = Math.max(1, entries.size() / 4);
        tell("feeding " + entries.size() + " entries");
        feed.feedTo(quarter);
        String[] killed = new String[1];
        during(feed, 2 * quarter, () -> {
            killed[0] = nodeOf(admin.leader(SHARD));
            tell("killing the leader, " + killed[0] + ", with -9");
            cluster.kill(NodeProcesses.number(killed[0]));
        });
        tell("starting " + killed[0] + " again, adding n4");
        during(feed, 3 * quarter, () -> {
            cluster.restart(NodeProcesses.number(killed[0]));
            cluster.awaitListening(NodeProcesses.number(killed[0]));
            cluster.awaitListening(NODES);
            admin.addPeer(SHARD, cluster.address(NODES), true);
        });
        String removed = killed[0].equals("n1") ? "n2" : "n1";
        tell("removing " + removed);
        during(feed, entries.size(), () -> admin.removePeer(SHARD, new NodeId(removed)));
        tell("comparing");
        return compare(admin, feed, killed[0], removed, kept);
    }

    /** Feeds up to a position while a step is done beside it; ends when both are done. */
    private void during(LogFeed feed, int end, Step step) throws IOException, InterruptedException {
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (IOException e) {
                throw new CompletionException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
        });
        feed.feedTo(Math.min(end, entries.size()));
        try {
            done.get();
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    private DemoReport compare(ClusterAdmin admin, LogFeed feed, String killed, String removed, Optional<String> kept) {
        LogCheck check = new LogCheck(admin, SHARD, entries, feed.acknowledged());
        List<JsonNode> members = new ArrayList<>();
        admin.leader(SHARD).path("peers").forEach(members::add);
        List<DemoReport.Voter> voters = new ArrayList<>();
        for (JsonNode member : members) {
            if (member.path("role").asText().equals("VOTER")) {
                String node = member.path("id").asText().split("\\.")[0];
                String address = member.path("address").asText();
                LogCheck.Held held = check.check(address);
                voters.add(new DemoReport.Voter(node, 0, "", held.entries(), held.found()));
            }
        }
        Map<String, JsonNode> digests = admin.digests(SHARD);
        voters.replaceAll(voter -> new DemoReport.Voter(
                voter.node(),
                digests.get(voter.node()).path("lsn").asLong(),
                digests.get(voter.node()).path("sha256").asText(),
                voter.entries(),
                voter.found()));
        feed.failed().forEach((position, outcome) -> log.warn("entry {} ended as {}", position, outcome));
        return new DemoReport(
                feed.sent(),
                feed.acknowledged().size(),
                DemoReport.found(voters),
                feed.longestGapMillis(),
                killed,
                NodeProcesses.name(NODES),
                removed,
                DemoReport.equal(feed.sent(), feed.acknowledged().size(), voters),
                voters,
                kept.orElse(null));
    }

    private static String nodeOf(JsonNode leader) {
        return leader.path("self").asText().split("\\.")[0];
    }
}
