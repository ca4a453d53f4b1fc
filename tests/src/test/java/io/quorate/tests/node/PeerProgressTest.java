package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.tests.cluster.Ledger;
import io.quorate.tests.cluster.Partition;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who adds a peer sees how far it is while the leader brings it up to date, which may take hours. */
class PeerProgressTest {
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    @Test
    void whileAPeerIsBroughtUpToDateItsProgressIsTold() throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        try (Partition partition = new Partition();
                Nodes nodes = new Nodes(directory, node -> new Ledger())) {
            nodes.start("n1");
            nodes.start("n2");
            try (ClusterAdmin admin =
                    new ClusterAdmin(nodes.addresses(), Optional.empty(), Nodes.PATIENCE, told::add)) {
                admin.init(1);
                admin.createShard(SHARD, Ledger.NAME, List.of(new NodeId("n1")), 1);
                partition.isolate(nodes.node("n2").identity().peer().toString());
                CompletableFuture<Void> added =
                        CompletableFuture.runAsync(() -> admin.addPeer(SHARD, nodes.address("n2"), true));
                Awaitility.await("lines of progress")
                        .atMost(Nodes.PATIENCE)
                        .until(() -> told.stream()
                                        .filter(line -> line.startsWith("n2 has applied -1 of"))
                                        .count()
                                >= 2);
                assertThat(added).isNotDone();
                partition.heal();
                added.join();
                assertThat(admin.leader(SHARD).path("peers")).hasSize(2);
            }
        }
    }
}
