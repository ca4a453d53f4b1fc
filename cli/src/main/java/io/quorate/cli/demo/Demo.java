package io.quorate.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.local.LogCheck;
import io.quorate.cli.local.LogFeed;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the demonstration: founds a cluster of three processes, feeds it, kills the leader with -9 in the middle and starts it again,
 * adds a fourth peer, removes one, and compares. Every step happens while entries are being fed.
 */
public final class Demo {
    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final ShardId SHARD = new ShardId("demo");
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int NODES = 4;

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private final List<Bytes> entries;
    private final Consumer<String> progress;

    /** @param entries what to feed, at least one */
    public Demo(List<Bytes> entries, Consumer<String> progress) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("nothing to feed: the input is empty");
        }
        this.entries = List.copyOf(entries);
        this.progress = progress;
    }

    /**
     * Runs it in a directory of its own.
     *
     * @param kept where the report says that the nodes' files stay; empty if they are removed
     */
    public DemoReport run(ProcessCluster processes, Optional<String> kept) throws IOException, InterruptedException {
        try (NodeProcesses cluster = new NodeProcesses(processes, NODES, List.of("-Xmx256m", "-XX:+UseSerialGC"), "");
                ClusterAdmin admin = new ClusterAdmin(cluster.addresses(3), Optional.empty(), PATIENCE, log::info)) {
            progress.accept("starting three nodes at " + cluster.addresses(3));
            cluster.launchAll(NODES - 1);
            admin.init(3);
            admin.createShard(SHARD, "log", List.of(), 3);
            cluster.launch(NODES);
            ClientConfig config =
                    ClientConfig.of(cluster.addresses(3).toArray(String[]::new)).withTimeout(PATIENCE);
            try (QuorateClient client = QuorateClient.create(config)) {
                return feed(cluster, admin, new LogFeed(client.shard(SHARD), entries), kept);
            }
        }
    }

    private DemoReport feed(NodeProcesses cluster, ClusterAdmin admin, LogFeed feed, Optional<String> kept)
            throws InterruptedException {
        int quarter = Math.max(1, entries.size() / 4);
        progress.accept("feeding " + entries.size() + " entries");
        feed.feedTo(quarter);
        String[] killed = new String[1];
        during(feed, 2 * quarter, () -> {
            killed[0] = nodeOf(admin.leader(SHARD));
            progress.accept("killing the leader, " + killed[0] + ", with -9");
            cluster.kill(NodeProcesses.number(killed[0]));
        });
        progress.accept("starting " + killed[0] + " again, adding n4");
        during(feed, 3 * quarter, () -> {
            cluster.restart(NodeProcesses.number(killed[0]));
            cluster.awaitListening(NodeProcesses.number(killed[0]));
            cluster.awaitListening(NODES);
            admin.addPeer(SHARD, cluster.address(NODES), true);
        });
        String removed = killed[0].equals("n1") ? "n2" : "n1";
        progress.accept("removing " + removed);
        during(feed, entries.size(), () -> admin.removePeer(SHARD, new NodeId(removed)));
        progress.accept("comparing");
        return compare(admin, feed, killed[0], removed, kept);
    }

    /** Feeds up to a position while a step is done beside it; ends when both are done. */
    private void during(LogFeed feed, int end, Step step) throws InterruptedException {
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
        done.join();
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
        int found = voters.stream().mapToInt(DemoReport.Voter::found).min().orElse(0);
        int acknowledged = feed.acknowledged().size();
        boolean same = voters.stream().map(DemoReport.Voter::digest).distinct().count() == 1
                && voters.stream().map(DemoReport.Voter::lsn).distinct().count() == 1;
        boolean whole = acknowledged == feed.sent()
                && found == acknowledged
                && voters.stream().allMatch(voter -> voter.entries() == feed.sent());
        feed.failed().forEach((position, outcome) -> log.warn("entry {} ended as {}", position, outcome));
        return new DemoReport(
                feed.sent(),
                acknowledged,
                found,
                feed.longestGapMillis(),
                killed,
                NodeProcesses.name(NODES),
                removed,
                same && whole && voters.size() == 3,
                voters,
                kept.orElse(null));
    }

    private static String nodeOf(JsonNode leader) {
        return leader.path("self").asText().split("\\.")[0];
    }
}
