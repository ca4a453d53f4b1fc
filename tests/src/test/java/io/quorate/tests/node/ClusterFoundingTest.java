package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.ClusterId;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster is founded once, by one set of peers, however often 'init' is repeated and with whatever nodes. */
class ClusterFoundingTest {
    private static final ShardId META = new ShardId("meta");

    @TempDir
    Path directory;

    private final List<String> addresses = new ArrayList<>();
    private Nodes nodes;
    private ClusterId cluster;

    @BeforeEach
    void foundOnThree() throws IOException {
        nodes = new Nodes(directory, node -> new Ledger());
        for (String node : List.of("n1", "n2", "n3")) {
            addresses.add(nodes.start(node));
        }
        cluster = init(3, addresses);
    }

    @AfterEach
    void stopAll() throws IOException {
        nodes.close();
    }

    private static ClusterAdmin admin(List<String> seeds) {
        return new ClusterAdmin(seeds, Optional.empty(), Nodes.PATIENCE, line -> {});
    }

    private static ClusterId init(int voters, List<String> seeds) {
        try (ClusterAdmin admin = admin(seeds)) {
            return admin.init(voters);
        }
    }

    private void assertRefused(int voters, String... seeds) {
        assertThatThrownBy(() -> init(voters, List.of(seeds))).isInstanceOfSatisfying(AdminException.class, refusal -> {
            assertThat(refusal.error()).isEqualTo("FOUNDED");
            assertThat(refusal.getMessage()).contains(cluster.toString(), "peers add");
        });
    }

    private void assertFoundedNothing(String node) {
        assertThat(nodes.node(node).host().flatMap(host -> host.find(META))).isEmpty();
    }

    private void assertOneMetadataShard() {
        try (ClusterAdmin admin = admin(addresses.subList(1, 3))) {
            JsonNode leader = admin.leader(META);
            assertThat(leader.path("peers")).hasSize(3);
            assertThat(admin.nodes().path("nodes")).hasSize(3);
        }
    }

    @Test
    void aRepetitionWithTheSameFoundersIsHarmlessAndTakesInWhoIsNamedBehindThem() throws IOException {
        assertThat(init(3, addresses)).isEqualTo(cluster);
        List<String> four = new ArrayList<>(addresses);
        four.add(nodes.start("n4"));
        assertThat(init(3, four)).isEqualTo(cluster);
        assertFoundedNothing("n4");
        try (ClusterAdmin admin = admin(four)) {
            assertThat(admin.nodes().path("nodes")).hasSize(4);
        }
    }

    @Test
    void aNewNodeNamedFirstDoesNotFoundTheMetadataAnew() throws IOException {
        String fourth = nodes.start("n4");
        assertRefused(1, fourth, addresses.get(0), addresses.get(1));
        assertRefused(3, fourth, addresses.get(0), addresses.get(1));
        assertThat(nodes.node("n4").identity().cluster()).isEmpty();
        assertFoundedNothing("n4");
        assertOneMetadataShard();
    }

    @Test
    void otherMembersOfTheClusterDoNotFoundTheMetadataAnew() throws IOException {
        String fourth = nodes.start("n4");
        String fifth = nodes.start("n5");
        try (ClusterAdmin admin = admin(addresses)) {
            ShardId shard = new ShardId("s1");
            admin.createShard(shard, Ledger.NAME, List.of(new NodeId("n1")), 1);
            admin.addPeer(shard, fourth, true);
            admin.removePeer(shard, new NodeId("n4")); // knows of no other node any more
        }
        assertRefused(1, fourth, fifth);
        assertFoundedNothing("n4");
        assertThat(nodes.node("n5").identity().cluster()).isEmpty();
    }

    @Test
    void aFounderThatLostItsDiskDoesNotFoundTheMetadataAnew() throws IOException {
        nodes.stop("n1");
        DurableFiles.deleteTree(directory.resolve("n1"));
        nodes.start("n1");
        assertRefused(3, addresses.toArray(String[]::new));
        assertRefused(1, addresses.toArray(String[]::new));
        assertThat(nodes.node("n1").identity().cluster()).isEmpty();
        assertOneMetadataShard();
    }
}
