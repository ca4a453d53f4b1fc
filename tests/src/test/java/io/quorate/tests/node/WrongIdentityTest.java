package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.node.AdminClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.ClusterId;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import io.quorate.wal.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever comes under a name, an address or an identity that is another's is refused by name. */
class WrongIdentityTest {
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    private Nodes nodes;
    private Nodes others;
    private ClusterAdmin admin;
    private ClusterId cluster;

    @BeforeEach
    void foundOnTwo() throws IOException {
        nodes = new Nodes(directory.resolve("a"), node -> new Ledger());
        others = new Nodes(directory.resolve("b"), node -> new Ledger());
        nodes.start("n1");
        nodes.start("n2");
        admin = nodes.admin();
        cluster = admin.init(1);
        admin.createShard(SHARD, Ledger.NAME, List.of(new NodeId("n1")), 1);
    }

    @AfterEach
    void stopAll() throws IOException {
        admin.close();
        nodes.close();
        others.close();
    }

    private static void assertRefused(String error, ThrowingCallable call, String... why) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AdminException.class, refusal -> {
            assertThat(refusal.error()).as(refusal.getMessage()).isEqualTo(error);
            assertThat(refusal.getMessage()).contains(why);
        });
    }

    @Test
    void aSecondNodeOfANameIsRefusedUntilTheFirstIsRemoved() throws IOException {
        NodeId second = new NodeId("n2");
        PeerId first = nodes.node("n2").identity().peer();
        String address = others.start("n2");
        assertRefused(
                "NAME_TAKEN",
                () -> admin.addPeer(SHARD, address, true),
                first + " at " + nodes.address("n2"),
                address,
                "'quorate nodes remove n2'");
        nodes.stop("n2");
        assertRefused("NAME_TAKEN", () -> admin.addPeer(SHARD, address, true), first.toString());
        admin.removeNode(second);
        admin.addPeer(SHARD, address, true);
        assertThat(admin.leader(SHARD).path("peers")).hasSize(2);
    }

    @Test
    void anAddressOfAnotherNodeIsNamed() {
        PeerId second = nodes.node("n2").identity().peer();
        ObjectNode stranger = JsonNodeFactory.instance
                .objectNode()
                .put("peer", "n9.0000000000000009")
                .put("address", nodes.address("n2"));
        stranger.putObject("featureLevels").put("oldest", 1).put("newest", 1);
        String metadata = admin.leader(new ShardId("meta")).path("address").asText();
        try (AdminClient raw = new AdminClient(Optional.empty())) {
            assertRefused(
                    "ADDRESS_IN_USE",
                    () -> raw.call(metadata, "nodes.register", stranger, Nodes.PATIENCE),
                    nodes.address("n2") + " is that of " + second);
        }
    }

    @Test
    void aNodeOfAnotherClusterIsNotTalkedIntoThisOne() throws IOException {
        String address = others.start("n3");
        ClusterId other;
        try (ClusterAdmin theirs = others.admin()) {
            other = theirs.init(1);
        }
        assertThat(other).isNotEqualTo(cluster);
        assertRefused("WRONG_CLUSTER", () -> admin.addPeer(SHARD, address, true), "n3 is part of cluster " + other);
        List<String> mixed = List.of(nodes.address("n1"), address);
        try (ClusterAdmin both = new ClusterAdmin(mixed, Optional.empty(), Nodes.PATIENCE, line -> {})) {
            assertRefused("WRONG_CLUSTER", () -> both.init(2), cluster.toString(), other.toString());
        }
        assertThat(others.node("n3").identity().cluster()).contains(other);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void aCopyOfADataDirectoryServesNothingWhileTheOriginalIsAlive() throws IOException {
        PeerId second = nodes.node("n2").identity().peer();
        admin.addPeer(SHARD, nodes.address("n2"), true);
        nodes.stop("n2");
        copy(directory.resolve("a/n2"), directory.resolve("b/n2"));
        nodes.start("n2");
        admin.leader(SHARD);
        String address = others.start("n2");
        assertThat(others.node("n2").identity().peer()).isEqualTo(second);
        Awaitility.await("the copy knows")
                .atMost(Nodes.PATIENCE)
                .until(() -> others.node("n2").dismissal().isPresent());
        assertThat(others.node("n2").dismissal().orElseThrow())
                .contains("two processes are " + second, address, nodes.address("n2"), "is the data directory a copy?");
        assertThat(others.node("n2").host()).isEmpty();
        assertThat(nodes.node("n2").dismissal()).isEmpty();
    }

    @Test
    void aMemberThatMovedToAnotherAddressIsNotSaidToBeThere() throws IOException {
        String before = nodes.address("n2");
        admin.addPeer(SHARD, before, false);
        nodes.stop("n2");
        Files.createDirectories(directory.resolve("b"));
        Files.move(directory.resolve("a/n2"), directory.resolve("b/n2"));
        String after = others.start("n2");
        assertRefused("MOVED", () -> admin.addPeer(SHARD, after, false), before, after, "'quorate peers remove s1 n2'");
        others.stop("n2");
        DurableFiles.deleteTree(directory.resolve("b/n2"));
        others.start("n2");
        admin.removePeer(SHARD, new NodeId("n2"));
        admin.addPeer(SHARD, after, false);
        assertThat(admin.leader(SHARD).path("peers").findValuesAsText("address"))
                .contains(after)
                .doesNotContain(before);
    }
}
