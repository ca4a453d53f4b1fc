package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Planned transfers of leadership while writers are at work. */
class TransferTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void transfersOneAfterTheOtherLoseRepeatAndRefuseNothing() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 8, 0)) {
                for (int i = 0; i < 12; i++) {
                    load.awaitMore(20);
                    Peer heir = cluster.peer(cluster.follower(shard));
                    cluster.leader(shard)
                            .membership()
                            .transferLeadership(heir.id(), PATIENCE)
                            .join();
                    assertThat(cluster.shard(heir.id().node().value(), shard)
                                    .status()
                                    .leads())
                            .as(heir + " leads")
                            .isTrue();
                }
                load.stop();
                assertThat(load.unacknowledged()).isEmpty();
                Replicas.assertEqualState(cluster, shard);
                for (String node : cluster.runningNodes()) {
                    Replicas.assertExactlyOnce(cluster.shard(node, shard), load.acknowledged());
                }
            }
        }
    }

    @Test
    void aLeaderWhoseHeirCannotBeReachedGoesOnWithWhatItHeldBack() {
        try (Partition partition = new Partition();
                InProcessCluster cluster =
                        new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 8, 0)) {
                load.awaitMore(20);
                HostedShard leader = cluster.leader(shard);
                Peer heir = cluster.peer(cluster.follower(shard));
                partition.isolate(heir.id().toString());
                assertThat(leader.membership().transferLeadership(heir.id(), PATIENCE))
                        .failsWithin(PATIENCE);
                load.awaitMore(20);
                assertThat(cluster.shard(heir.id().node().value(), shard)
                                .status()
                                .leads())
                        .isFalse();
                partition.heal();
                load.stop();
                assertThat(load.unacknowledged()).isEmpty();
            }
        }
    }

    @Test
    void aLeaderThatRatisLetsAppendNothingBehindAFailedTransferResigns() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            LogStatus before = cluster.leader(shard).status();
            Peer heir = cluster.peer(cluster.follower(shard));
            cluster.stop(heir.id().node().value());
            try (RaftClient raw = raw(shard, before)) {
                // as Ratis leaves it behind where its call to the heir fails at once: handing over, and nobody ends it
                CompletableFuture<?> endless = CompletableFuture.supplyAsync(() -> transfer(raw, heir));
                LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("behind the transfer"));
                Awaitility.await("another term, in which appends are taken")
                        .atMost(PATIENCE)
                        .until(() -> {
                            HostedShard leader = cluster.leader(shard);
                            AppendOutcome outcome = leader.append(record, WriteConcern.MAJORITY, Duration.ofSeconds(5))
                                    .join();
                            return outcome instanceof Committed
                                    && leader.status().epoch() > before.epoch();
                        });
                assertThat(endless).succeedsWithin(PATIENCE);
            }
        }
    }

    private static RaftClient raw(ShardDescriptor shard, LogStatus status) {
        List<RaftPeer> peers = status.peers().stream()
                .map(peer -> RaftPeer.newBuilder()
                        .setId(peer.id().toString())
                        .setAddress(peer.address())
                        .build())
                .toList();
        return RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(RaftGroup.valueOf(RaftGroupId.valueOf(shard.groupId()), peers))
                .setRetryPolicy(RetryPolicies.noRetry())
                .setLeaderId(RaftPeerId.valueOf(status.self().toString()))
                .build();
    }

    /** What Ratis says in the end, whatever it is. */
    private static String transfer(RaftClient raw, Peer heir) {
        try {
            RaftPeerId target = RaftPeerId.valueOf(heir.id().toString());
            return raw.admin()
                    .transferLeadership(target, Duration.ofHours(1).toMillis())
                    .toString();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
