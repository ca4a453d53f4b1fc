package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.statemachine.raft.node.NodeSync;
import io.quorate.statemachine.raft.node.RaftNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real servers: nothing that relies on a term, a vote or a snapshot is on the wire before it is durable. */
class RaftSyncClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private RaftGroup group;
    private final Map<String, DiskWitness> disks = new ConcurrentHashMap<>();
    private final Map<String, WireWitness> wires = new LinkedHashMap<>();
    private final Map<String, RaftNode> nodes = new TreeMap<>();
    private final List<SyncFailedException> failures = new CopyOnWriteArrayList<>();
    private boolean hooked = true;

    @AfterEach
    void stop() throws IOException {
        for (RaftNode node : nodes.values()) {
            node.close();
        }
    }

    @Test
    void votesTermsAndLeadershipAreDurableBeforeAnybodyHearsOfThem() throws IOException {
        startAll();
        try (RaftClient client = RaftNode.client(group)) {
            RaftNode.append(client, "first");
            for (int round = 0; round < 3; round++) {
                String leader = leader();
                nodes.remove(leader).close();
                RaftNode.append(client, "after the loss of " + leader);
                start(leader);
                RaftNode.append(client, "after the return of " + leader);
            }
        }
        assertThat(violations()).isEmpty();
        assertThat(sum(wires -> wires.votesGranted.get())).isPositive();
        assertThat(sum(wires -> wires.appendReplies.get())).isPositive();
        assertThat(sum(wires -> wires.leaderRequests.get())).isPositive();
        assertThat(failures).isEmpty();
        for (Map.Entry<String, RaftNode> node : nodes.entrySet()) {
            VoteRecord mirrored = VoteMirror.read(node.getValue().current()).orElseThrow();
            assertThat(disks.get(node.getKey()).vote()).contains(mirrored);
        }
    }

    @Test
    void withoutTheHooksTheWitnessesSeeUnsyncedVotes() throws IOException {
        hooked = false;
        startAll();
        try (RaftClient client = RaftNode.client(group)) {
            RaftNode.append(client, "first");
        }
        assertThat(violations())
                .anyMatch(line -> line.startsWith("a vote reply"))
                .anyMatch(line -> line.startsWith("a leader's request"));
    }

    @Test
    void aNodeThatCannotSyncNeitherVotesNorLeads() throws IOException {
        startAll();
        String leader = leader();
        try (RaftClient client = RaftNode.client(group)) {
            RaftNode.append(client, "everybody knows the term");
        }
        String broken = nodes.keySet().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
        disks.get(broken).breakDisk();
        VoteRecord last = disks.get(broken).vote().orElseThrow();
        nodes.remove(leader).close();
        await().atMost(PATIENCE).until(() -> !failures.isEmpty());
        long asked = wires.get(broken).voteRequests.get();
        await().atMost(PATIENCE).until(() -> wires.get(broken).voteRequests.get() > asked + 2);
        assertThat(violations()).isEmpty();
        assertThat(disks.get(broken).vote()).contains(last);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0))
                .hasMessageContaining("could not make term")
                .hasMessageContaining("Close the division")
                .hasRootCauseMessage("planted: input/output error");
    }

    @Test
    void anInstalledSnapshotIsDurableBeforeItIsAcknowledged() throws IOException {
        group = RaftNode.groupOf(3);
        start("n1");
        start("n2");
        try (RaftClient client = RaftNode.client(group)) {
            for (int i = 0; i < 60; i++) {
                RaftNode.append(client, "note " + i + " " + "x".repeat(400));
            }
            String leader = leader();
            assertThat(client.getSnapshotManagementApi(
                                    nodes.get(leader).server().getId())
                            .create(1, 30_000)
                            .isSuccess())
                    .isTrue();
            await().atMost(PATIENCE)
                    .until(() -> nodes.get(leader).division().getRaftLog().getStartIndex() > 20);
            start("n3");
            RaftNode.append(client, "last");
            List<String> expected = nodes.get(leader).stateMachine().notes();
            assertThat(expected).hasSize(61);
            await().atMost(PATIENCE)
                    .until(() -> nodes.get("n3").stateMachine().notes().equals(expected));
        }
        assertThat(wires.get("n3").installReplies.get()).isPositive();
        assertThat(violations()).isEmpty();
        assertThat(failures).isEmpty();
    }

    private void startAll() throws IOException {
        group = RaftNode.groupOf(3);
        for (RaftPeer peer : group.getPeers()) {
            start(peer.getId().toString());
        }
    }

    private void start(String id) throws IOException {
        RaftPeer self = group.getPeers().stream()
                .filter(peer -> peer.getId().toString().equals(id))
                .findFirst()
                .orElseThrow();
        Path storage = directory.resolve(id);
        for (RaftPeer peer : group.getPeers()) {
            disks.computeIfAbsent(peer.getId().toString(), any -> new DiskWitness());
        }
        DiskWitness disk = disks.get(id);
        WireWitness wire =
                wires.computeIfAbsent(id, any -> new WireWitness(id, RaftNode.groupDirectory(storage), disks));
        Optional<NodeSync> sync = hooked
                // The log syncs the same directory, often in time to hide a missing sync of the vote: the witness must
                // not see it.
                ? Optional.of(new NodeSync(
                        new RaftSync(disk, (groupId, failure) -> failures.add(failure)), DirectorySync.FSYNC, disk))
                : Optional.empty();
        nodes.put(id, RaftNode.start(self, group, storage, sync, wire::install, properties -> {
            RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("8KB"));
            RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
            RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        }));
    }

    private String leader() {
        return await().atMost(PATIENCE)
                .until(
                        () -> nodes.entrySet().stream()
                                .filter(node -> isReadyLeader(node.getValue()))
                                .map(Map.Entry::getKey)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static boolean isReadyLeader(RaftNode node) {
        try {
            return node.division().getInfo().isLeaderReady();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> violations() {
        return wires.values().stream()
                .flatMap(wire -> wire.violations().stream())
                .toList();
    }

    private long sum(java.util.function.ToLongFunction<WireWitness> count) {
        return wires.values().stream().mapToLong(count).sum();
    }
}
