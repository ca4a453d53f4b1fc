package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Creating and removing a shard are records of the metadata: what one leader of it began while a member was down, another one ends
 * once it is back.
 */
class ShardRecordsTest {
    private static final ShardId META = new ShardId("meta");
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    private static Optional<JsonNode> record(ClusterAdmin admin) {
        for (JsonNode record : admin.shards().path("shards")) {
            if (record.path("descriptor").path("shard").asText().equals(SHARD.value())) {
                return Optional.of(record);
            }
        }
        return Optional.empty();
    }

    private static TreeSet<String> done(ClusterAdmin admin) {
        TreeSet<String> done = new TreeSet<>();
        record(admin).orElseThrow().path("done").forEach(node -> done.add(node.asText()));
        return done;
    }

    private static String metadataLeader(ClusterAdmin admin) {
        return PeerId.parse(admin.leader(META).path("self").asText()).node().value();
    }

    /** The metadata's leader is gone for good, as far as this is concerned: another one leads. */
    private static void changeMetadataLeader(ClusterAdmin admin, String heir) {
        String before = metadataLeader(admin);
        assertThat(heir).isNotEqualTo(before);
        admin.transferLeadership(META, new NodeId(heir));
        assertThat(metadataLeader(admin)).isEqualTo(heir);
    }

    private static void append(Nodes nodes, String text) {
        try (QuorateClient client = nodes.client()) {
            assertThat(client.shard(SHARD).appendAndWait(Bytes.utf8(text))).isInstanceOf(Committed.class);
        }
    }

    @Test
    void whatIsBegunWhileAMemberIsDownIsEndedByTheNextLeaderOfTheMetadata() throws IOException {
        try (Nodes nodes = new Nodes(directory, node -> new Ledger())) {
            for (String node : List.of("n1", "n2", "n3")) {
                nodes.start(node);
            }
            try (ClusterAdmin admin = nodes.admin()) {
                admin.init(3);
                createWhileOneIsDown(nodes, admin);
                HostedShard third = joinsWhenItIsBack(nodes, admin);
                Path group = directory.resolve("n3/raft/" + third.descriptor().groupId());
                assertThat(group).exists();
                removeWhileOneIsDown(nodes, admin);
                assertThat(group).exists();
                losesItWhenItIsBack(nodes, admin, group);
            }
        }
    }

    private static void createWhileOneIsDown(Nodes nodes, ClusterAdmin admin) throws IOException {
        if (metadataLeader(admin).equals("n3")) {
            changeMetadataLeader(admin, "n1");
        }
        nodes.stop("n3");
        admin.createShard(SHARD, Ledger.NAME, List.of(), 3);
        Awaitility.await("a majority has founded it").atMost(Nodes.PATIENCE).until(() -> record(admin)
                .filter(record -> record.path("state").asText().equals("ACTIVE"))
                .isPresent());
        assertThat(done(admin)).as("n3 was asked and did not answer").containsExactly("n1", "n2");
        append(nodes, "without n3");
        admin.createShard(SHARD, Ledger.NAME, List.of(), 3);
        assertThat(done(admin)).as("asked again, it is the same shard").containsExactly("n1", "n2");
    }

    private static HostedShard joinsWhenItIsBack(Nodes nodes, ClusterAdmin admin) throws IOException {
        changeMetadataLeader(admin, metadataLeader(admin).equals("n1") ? "n2" : "n1");
        String beganIt = metadataLeader(admin).equals("n1") ? "n2" : "n1";
        nodes.start("n3");
        Awaitility.await("the next leader has opened it on n3")
                .atMost(Nodes.PATIENCE)
                .until(() -> done(admin).contains("n3"));
        // it counts: without the one that began it there is a majority
        nodes.stop(beganIt);
        append(nodes, "with n3");
        nodes.start(beganIt);
        HostedShard third = nodes.node("n3").host().orElseThrow().find(SHARD).orElseThrow();
        Awaitility.await("n3 has it all")
                .atMost(Nodes.PATIENCE)
                .until(() -> third.status().applied().value() >= 2);
        return third;
    }

    private static void removeWhileOneIsDown(Nodes nodes, ClusterAdmin admin) throws IOException {
        if (metadataLeader(admin).equals("n3")) {
            changeMetadataLeader(admin, "n1");
        }
        nodes.stop("n3");
        try (ClusterAdmin hasty =
                new ClusterAdmin(nodes.addresses(), Optional.empty(), Duration.ofSeconds(3), line -> {})) {
            assertThatThrownBy(() -> hasty.removeShard(SHARD)).isInstanceOf(AdminException.class);
            assertThatThrownBy(() -> hasty.createShard(SHARD, Ledger.NAME, List.of(), 3))
                    .as("its name is not free yet")
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("being removed");
        }
        Awaitility.await("removed where it can be")
                .atMost(Nodes.PATIENCE)
                .until(() -> done(admin).size() == 2);
        assertThat(done(admin)).containsExactly("n1", "n2");
        assertThat(record(admin).orElseThrow().path("state").asText()).isEqualTo("REMOVING");
    }

    private static void losesItWhenItIsBack(Nodes nodes, ClusterAdmin admin, Path group) throws IOException {
        changeMetadataLeader(admin, metadataLeader(admin).equals("n1") ? "n2" : "n1");
        nodes.start("n3");
        Awaitility.await("the next leader has ended it").atMost(Nodes.PATIENCE).until(() -> record(admin)
                .isEmpty());
        assertThat(group).doesNotExist();
        assertThat(nodes.node("n3").host().orElseThrow().find(SHARD)).isEmpty();
        admin.createShard(SHARD, Ledger.NAME, List.of(), 3);
        assertThat(admin.leader(SHARD).path("generation").asLong())
                .as("another life")
                .isEqualTo(2);
        append(nodes, "again");
    }
}
