package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.AdminClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.VersionedCounter;
import io.quorate.tests.cluster.VersionedCounter.Build;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of versions: with whole nodes of different builds. */
class UpgradeTest {
    @TempDir
    Path directory;

    private final Map<String, Build> builds = new ConcurrentHashMap<>();

    private static int applyVersion(ClusterAdmin admin, ShardId shard) {
        return admin.leader(shard).path("versions").path("applyVersion").asInt();
    }

    private static void append(Nodes nodes, ShardId shard) {
        try (QuorateClient client = nodes.client()) {
            assertThat(client.shard(shard).appendAndWait(Bytes.utf8("text"))).isInstanceOf(Committed.class);
        }
    }

    @Test
    void aShardBeginsWithWhatAllMembersHaveAndIsUpgradedOnceAllHaveMore() throws IOException {
        ShardId shard = new ShardId("early");
        try (Nodes nodes = new Nodes(directory, node -> new VersionedCounter(builds.getOrDefault(node, Build.OLD)))) {
            builds.put("n1", Build.NEW);
            for (String node : List.of("n1", "n2")) {
                nodes.start(node);
            }
            try (ClusterAdmin admin = nodes.admin()) {
                admin.init(2);
                admin.createShard(shard, VersionedCounter.NAME, List.of(), 2);
                assertThat(applyVersion(admin, shard)).isEqualTo(1);
                append(nodes, shard);
                JsonNode dry = admin.upgradeShard(shard, OptionalInt.of(2), true);
                assertThat(dry.path("objections")).singleElement().satisfies(why -> assertThat(why.asText())
                        .startsWith("n2."));
                assertThatThrownBy(() -> admin.upgradeShard(shard, OptionalInt.of(2), false))
                        .isInstanceOfSatisfying(AdminException.class, refusal -> {
                            assertThat(refusal.error()).isEqualTo("REFUSED");
                            assertThat(refusal.getMessage()).contains("n2.", "supports apply versions 1, not 2");
                        });

                nodes.stop("n2");
                builds.put("n2", Build.NEW);
                nodes.start("n2");
                JsonNode raised = Awaitility.await("upgraded")
                        .atMost(Nodes.PATIENCE)
                        .ignoreException(AdminException.class)
                        .until(
                                () -> admin.upgradeShard(shard, OptionalInt.empty(), false),
                                answer -> answer.path("wanted")
                                                .path("applyVersion")
                                                .asInt()
                                        == 2);
                assertThat(raised.path("objections")).isEmpty();
                assertThat(applyVersion(admin, shard)).isEqualTo(2);
                append(nodes, shard);

                ShardId late = new ShardId("late");
                admin.createShard(late, VersionedCounter.NAME, List.of(), 2);
                Awaitility.await("the new shard at the newest version")
                        .atMost(Nodes.PATIENCE)
                        .until(() -> {
                            admin.upgradeShard(late, OptionalInt.empty(), false);
                            return applyVersion(admin, late) == 2;
                        });
                append(nodes, late);
            }
        }
    }

    @Test
    void aNodeWithoutTheFeatureLevelOfTheClusterIsNotRegistered() throws IOException {
        try (Nodes nodes = new Nodes(directory, node -> new VersionedCounter(Build.NEW));
                AdminClient client = new AdminClient(Optional.empty())) {
            String address = nodes.start("n1");
            try (ClusterAdmin admin = nodes.admin()) {
                admin.init(1);
            }
            ObjectNode stranger = JsonNodeFactory.instance
                    .objectNode()
                    .put("peer", "n9.0000000000000009")
                    .put("address", "127.0.0.1:9");
            stranger.putObject("featureLevels").put("oldest", 2).put("newest", 3);
            assertThatThrownBy(() -> client.call(address, "nodes.register", stranger, Nodes.PATIENCE))
                    .isInstanceOfSatisfying(AdminException.class, refusal -> {
                        assertThat(refusal.error()).isEqualTo("FEATURE_LEVEL");
                        assertThat(refusal.getMessage()).contains("n9 has feature levels 2 to 3, the cluster is at 1");
                    });
        }
    }
}
