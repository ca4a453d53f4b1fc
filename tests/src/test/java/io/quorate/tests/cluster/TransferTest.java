package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
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
}
