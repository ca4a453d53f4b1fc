package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node's own pages say of it while something is really wrong with one of its shards, and once it is mended. */
class ReadinessTest {
    private static final ShardId SHARD = new ShardId("orders");
    private static final ShardId META = new ShardId("meta");
    /** A thread of Ratis that alone writes and syncs a log, before its first task. */
    private static final String LOG_THREAD = "SegmentedRaftLogWorker.runWorker";
    /** More than a replica may be behind and count as ready. */
    private static final int MANY = 1100;

    @TempDir
    Path directory;

    /** Nodes whose application does not return from apply. */
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    private Daemons nodes;

    @BeforeEach
    void start() throws IOException {
        nodes = new Daemons(directory, node -> new Ledger(entry -> holdIn(node)));
        for (String node : List.of("n1", "n2", "n3")) {
            nodes.start(node);
        }
        try (ClusterAdmin admin = nodes.admin()) {
            admin.init(3);
            admin.createShard(SHARD, Ledger.NAME, List.of(), 3);
        }
        List.of("n1", "n2", "n3").forEach(this::awaitReady);
    }

    @AfterEach
    void close() throws IOException {
        held.clear();
        CodeInjectionForTesting.remove(LOG_THREAD);
        nodes.close();
    }

    private void holdIn(String node) {
        if (held.contains(node)) {
            Awaitility.await("let go").atMost(Duration.ofMinutes(10)).until(() -> !held.contains(node));
        }
    }

    private void awaitReady(String node) {
        await(node, "is ready", 200, "\"ready\":true", "1.0");
    }

    private void awaitNotReady(String node, String reason) {
        await(node, reason, 503, reason, "0.0");
    }

    /** All three at once: between two pages a shard may have found a leader. */
    private void await(String node, String what, int status, String text, String metric) {
        Awaitility.await(node + ": " + what).atMost(Daemons.PATIENCE).untilAsserted(() -> {
            HttpResponse<String> page = nodes.get(node, "/ready");
            assertThat(page.statusCode()).as(page.body()).isEqualTo(status);
            assertThat(page.body()).contains(text);
            assertThat(nodes.get(node, "/metrics").body()).contains("quorate_shard_ready{shard=\"orders\",} " + metric);
        });
    }

    private String leader() {
        return Awaitility.await("a leader")
                .atMost(Daemons.PATIENCE)
                .until(
                        () -> List.of("n1", "n2", "n3").stream()
                                .filter(node -> nodes.node(node) != null
                                        && nodes.shard(node, SHARD).status().leads())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private String follower() {
        String leader = leader();
        return leader.equals("n3") ? "n2" : "n3";
    }

    private void append(int entries) {
        HostedShard leader = nodes.shard(leader(), SHARD);
        for (int i = 0; i < entries; i++) {
            LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("e" + i));
            assertThat(leader.append(record, WriteConcern.MAJORITY, Daemons.PATIENCE)
                            .join())
                    .isInstanceOf(Committed.class);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aLogThatHangsWithoutAnyErrorIsNamedUntilItGoesOn() throws IOException {
        String slow = follower();
        String id = nodes.node(slow).node().identity().peer().toString();
        CountDownLatch diskIsBack = new CountDownLatch(1);
        nodes.stop(slow);
        CodeInjectionForTesting.put(LOG_THREAD, (local, remote, arguments) -> {
            if (id.equals(String.valueOf(local))) {
                await(diskIsBack);
            }
            return false;
        });
        try {
            nodes.start(slow);
            append(1);
            awaitNotReady(slow, "the Raft log hangs");
            assertThat(nodes.get(slow, "/health").statusCode()).isEqualTo(503);
            assertThat(nodes.isReady(leader())).isTrue();
        } finally {
            diskIsBack.countDown();
        }
        awaitReady(slow);
    }

    @Test
    void aReplicaThatIsFarBehindAndOneWhoseApplyHangsAreNotReady() {
        String behind = follower();
        held.add(behind);
        append(1);
        awaitNotReady(behind, "apply hangs: entries up to ");
        append(MANY);
        awaitNotReady(behind, " entries behind: applied ");
        assertThat(nodes.isReady(leader())).isTrue();
        held.clear();
        awaitReady(behind);
    }

    @Test
    void aDivisionThatWasClosedUnderItsReplicaIsDeadUntilItIsOpenedAgain() throws IOException {
        String dead = follower();
        HostedShard shard = nodes.shard(dead, SHARD);
        closeDivision(dead, shard);
        awaitNotReady(dead, "closed");
        assertThat(nodes.get(dead, "/health").statusCode()).isEqualTo(503);
        assertThat(nodes.get(dead, "/metrics").body()).contains("quorate_shard_ready{shard=\"meta\",} 1.0");
        nodes.node(dead).node().host().orElseThrow().reopen(SHARD);
        awaitReady(dead);
        append(1);
    }

    /** As whoever speaks Ratis may: it authenticates nobody. */
    private void closeDivision(String node, HostedShard shard) throws IOException {
        PeerId self = nodes.node(node).node().identity().peer();
        RaftPeer peer = RaftPeer.newBuilder()
                .setId(self.toString())
                .setAddress(nodes.address(node))
                .build();
        RaftGroupId group = RaftGroupId.valueOf(shard.descriptor().groupId());
        try (RaftClient raw = RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(RaftGroup.valueOf(group, peer))
                .setRetryPolicy(RetryPolicies.noRetry())
                .build()) {
            raw.getGroupManagementApi(RaftPeerId.valueOf(self.toString())).remove(group, false, false);
        }
    }

    @Test
    void aDiskBelowItsReserveIsNamedAndTheReplicaGoesOnFollowing() throws IOException {
        String full = follower();
        nodes.stop(full);
        nodes.start(full, "diskReserve: 1048576GiB");
        awaitNotReady(full, "less than the reserve of 1073741824 MiB");
        Awaitility.await("it follows all the same")
                .atMost(Daemons.PATIENCE)
                .until(() -> nodes.shard(full, META).status().leader().isPresent());
        nodes.stop(full);
        nodes.start(full);
        awaitReady(full);
    }

    @Test
    void aReplicaOfANodeThatHasLostItsLeaderAndItsMajorityIsNotReady() throws IOException {
        String alone = leader();
        for (String node : List.of("n1", "n2", "n3")) {
            if (!node.equals(alone)) {
                nodes.stop(node);
            }
        }
        awaitNotReady(alone, "no leader is known");
        assertThat(nodes.get(alone, "/health").statusCode())
                .as("nothing is wrong with itself")
                .isEqualTo(200);
    }
}
