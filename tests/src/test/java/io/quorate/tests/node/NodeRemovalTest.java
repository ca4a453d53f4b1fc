package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.node.AdminClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import io.quorate.wal.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is removed from the cluster for good, once no shard has it, and is told so if it comes back. */
class NodeRemovalTest {
    private static final ShardId META = new ShardId("meta");
    private static final ShardId SHARD = new ShardId("s1");
    private static final NodeId THIRD = new NodeId("n3");
    private static final NodeId FOURTH = new NodeId("n4");

    @TempDir
    Path directory;

    private Nodes nodes;
    private List<String> seeds;
    private ClusterAdmin admin;

    @BeforeEach
    void foundOnThree() throws IOException {
        nodes = new Nodes(directory, node -> new Ledger());
        for (String node : List.of("n1", "n2", "n3")) {
            nodes.start(node);
        }
        seeds = nodes.addresses();
        admin = admin(Nodes.PATIENCE);
        admin.init(3);
        admin.createShard(SHARD, Ledger.NAME, List.of(), 3);
    }

    @AfterEach
    void stopAll() throws IOException {
        admin.close();
        nodes.close();
    }

    private ClusterAdmin admin(Duration patience) {
        return new ClusterAdmin(seeds, Optional.empty(), patience, line -> {});
    }

    private static void assertRefused(String error, ThrowingCallable call, String... why) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AdminException.class, refusal -> {
            assertThat(refusal.error()).as(refusal.getMessage()).isEqualTo(error);
            assertThat(refusal.getMessage()).contains(why);
        });
    }

    private Set<String> listed() {
        Set<String> names = new TreeSet<>();
        admin.nodes()
                .path("nodes")
                .forEach(node -> names.add(
                        PeerId.parse(node.path("peer").asText()).node().value()));
        return names;
    }

    private String awaitDismissed(String node) {
        Awaitility.await(node + " learns that it was removed")
                .atMost(Nodes.PATIENCE)
                .until(() -> nodes.node(node).dismissal().isPresent());
        assertThat(nodes.node(node).host()).isEmpty();
        return nodes.node(node).dismissal().orElseThrow();
    }

    @Test
    void aDeadNodeIsRemovedOnceNoShardHasItAndNobodyAsksItAnyMore() throws IOException {
        admin.addPeer(SHARD, nodes.start("n4"), true);
        nodes.stop("n4");
        assertRefused("STILL_MEMBER", () -> admin.removeNode(FOURTH), "shard s1;", "'quorate peers remove s1 n4'");
        assertThat(listed()).containsExactly("n1", "n2", "n3", "n4");
        admin.removePeer(SHARD, FOURTH);

        admin.removeNode(FOURTH);
        admin.removeNode(FOURTH);

        assertThat(listed()).containsExactly("n1", "n2", "n3");
        try (ClusterAdmin fresh = admin(Nodes.PATIENCE)) {
            assertThat(fresh.status()).hasSize(3).noneMatch(node -> node.has("error"));
        }
        assertRefused("UNKNOWN_NODE", () -> admin.removeNode(new NodeId("n77")), "no node n77", "n1, n2, n3");
        assertRefused(
                "UNKNOWN_NODE", () -> admin.createShard(new ShardId("s2"), Ledger.NAME, List.of(FOURTH), 1), "n4");
    }

    @Test
    void aRemovedNodeThatComesBackServesNothingAndSaysHowToJoinAgain() throws IOException {
        String address = nodes.start("n4");
        admin.addPeer(SHARD, address, true);
        PeerId before = nodes.node("n4").identity().peer();
        nodes.stop("n4");
        admin.removePeer(SHARD, FOURTH);
        admin.removeNode(FOURTH);

        nodes.start("n4");
        assertThat(awaitDismissed("n4")).contains(before + " was removed", "empty its data directory", "peers add");
        try (AdminClient raw = new AdminClient(Optional.empty())) {
            JsonNode status = Awaitility.await("its operators are told")
                    .atMost(Nodes.PATIENCE)
                    .ignoreException(AdminException.class) // its port changes hands
                    .until(
                            () -> raw.call(address, "status", JsonNodeFactory.instance.objectNode(), Nodes.PATIENCE),
                            answer -> answer.has("dismissed"));
            assertThat(status.path("dismissed").asText()).contains(before + " was removed");
            assertThat(status.path("shards")).isEmpty();
        }
        assertRefused("DISMISSED", () -> admin.addPeer(SHARD, address, true), before + " was removed");
        nodes.stop("n4");
        nodes.start("n4");
        // before it has asked, the metadata refuses it
        assertThatThrownBy(() -> admin.addPeer(SHARD, address, true)).hasMessageContaining(before + " was removed");
        assertThat(listed()).doesNotContain("n4");

        nodes.stop("n4");
        DurableFiles.deleteTree(directory.resolve("n4"));
        nodes.start("n4");
        admin.addPeer(SHARD, address, true);
        assertThat(nodes.node("n4").identity().peer()).isNotEqualTo(before);
        assertThat(listed()).contains("n4");
    }

    @Test
    void aNodeThatIsAliveIsRemovedOnlyWhereItServesNothingAndIsToldAtOnce() throws IOException {
        admin.addPeer(SHARD, nodes.start("n4"), true);
        admin.removePeer(SHARD, FOURTH);
        // what a member keeps that was removed while it was down
        nodes.node("n4")
                .host()
                .orElseThrow()
                .join(nodes.node("n1")
                        .host()
                        .orElseThrow()
                        .find(SHARD)
                        .orElseThrow()
                        .descriptor());
        assertRefused("ALIVE", () -> admin.removeNode(FOURTH), "still serves s1", "quorate peers remove SHARD n4");

        admin.removePeer(SHARD, FOURTH);
        admin.removeNode(FOURTH);

        assertThat(awaitDismissed("n4")).contains("was removed");
    }

    @Test
    void whoWasLetInUnknownToTheMetadataIsAMemberAllTheSame() throws IOException {
        nodes.letIn(admin, SHARD, "n4");
        admin.removePeer(new ShardId("other"), FOURTH);
        assertRefused("STILL_MEMBER", () -> admin.removeNode(FOURTH), "'quorate peers remove s1 n4'");
        admin.removePeer(SHARD, FOURTH);
        admin.removeNode(FOURTH);
        assertThat(listed()).doesNotContain("n4");
    }

    @Test
    void whoeverIsRemovedIsNotNotedAsAMember() throws IOException {
        String address = nodes.start("n4");
        ShardId other = new ShardId("other");
        admin.createShard(other, KvApplication.NAME, List.of(new NodeId("n1")), 1);
        admin.addPeer(other, address, true);
        PeerId peer = nodes.node("n4").identity().peer();
        admin.removePeer(other, FOURTH);
        admin.removeNode(FOURTH);
        JsonNode leader = admin.leader(SHARD);
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        members.put("shard", SHARD.value())
                .put("generation", leader.path("generation").asLong());
        members.set("peers", leader.path("peers"));
        members.withArray("/peers")
                .addObject()
                .put("id", peer.toString())
                .put("address", address)
                .put("role", "VOTER");
        String metadata = admin.leader(META).path("address").asText();
        try (AdminClient raw = new AdminClient(Optional.empty())) {
            assertRefused(
                    "REMOVED_NODE",
                    () -> raw.call(metadata, "shards.members", members, Nodes.PATIENCE),
                    "'quorate peers remove s1 NODE'",
                    peer + " was removed");
        }
    }

    @Test
    void aShardIsRemovedWithoutTheNodeThatNeverComesBack() throws IOException {
        List<String> said = new ArrayList<>();
        nodes.stop("n3");
        try (ClusterAdmin hasty =
                new ClusterAdmin(seeds.subList(0, 2), Optional.empty(), Duration.ofSeconds(6), said::add)) {
            assertRefused(
                    "REMOVING",
                    () -> hasty.removeShard(SHARD),
                    "n3 still must delete it",
                    "'quorate nodes remove NODE'");
        }
        assertRefused("STILL_MEMBER", () -> admin.removeNode(THIRD), "shard meta;", "'quorate peers remove meta n3'");
        admin.removePeer(META, THIRD);

        admin.removeNode(THIRD);
        admin.removeShard(SHARD);

        assertThat(admin.shards().path("shards")).hasSize(1);
        assertThat(listed()).containsExactly("n1", "n2");
        nodes.start("n3");
        assertThat(awaitDismissed("n3")).contains("no shard needs what it keeps");
    }
}
