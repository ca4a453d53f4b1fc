package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard that is removed is gone from all who served it, known to the metadata or not. */
class ShardRemovalTest {
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    @Test
    void whoWasLetInUnknownToTheMetadataLosesTheShardToo() throws IOException {
        try (Nodes nodes = new Nodes(directory, node -> new Ledger())) {
            for (String node : List.of("n1", "n2", "n3")) {
                nodes.start(node);
            }
            try (ClusterAdmin admin = nodes.admin()) {
                admin.init(3);
                admin.createShard(SHARD, Ledger.NAME, List.of(), 3);
                HostedShard fourth = nodes.letIn(admin, SHARD, "n4");
                Path group = directory.resolve("n4/raft/" + fourth.descriptor().groupId());
                assertThat(group).exists();

                admin.removeShard(SHARD);

                assertThat(nodes.node("n4").host().orElseThrow().find(SHARD)).isEmpty();
                assertThat(group).doesNotExist();
                admin.createShard(SHARD, Ledger.NAME, List.of(), 4);
                assertThat(admin.leader(SHARD).path("generation").asLong()).isEqualTo(2);
                admin.removeShard(SHARD);
                admin.removeShard(SHARD);
            }
        }
    }
}
