package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of nodes, on a metadata shard of one node. */
class NodeRegistryTest {
    private static final PeerId GUEST = new PeerId(new NodeId("n2"), new Incarnation(2));
    private static final String ADDRESS = "127.0.0.1:2";

    @TempDir
    Path directory;

    private QuorateNode node;
    private MetadataShard metadata;
    private NodeRegistry registry;

    @BeforeEach
    void foundACluster() throws IOException {
        String address;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + socket.getLocalPort();
        }
        node = new QuorateNode(new NodeConfig(
                new NodeId("n1"),
                address,
                address,
                directory.resolve("n1"),
                new RocksDbStateStoreFactory(RocksDbMemory.lan()),
                ApplicationCatalog.of(List.of(KvApplication::new)),
                RatisSettings.lan(),
                Duration.ofMinutes(10),
                64 << 20,
                0,
                Optional.empty()));
        try (ClusterAdmin admin =
                new ClusterAdmin(List.of(address), Optional.empty(), Duration.ofSeconds(60), line -> {})) {
            admin.init(1);
        }
        metadata = new MetadataShard(
                node.host().orElseThrow().find(MetadataShard.ID).orElseThrow());
        registry = new NodeRegistry(metadata);
        register(GUEST, ADDRESS);
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
    }

    private JsonNode register(PeerId peer, String address) {
        ObjectNode arguments =
                DescriptorJson.object().put("peer", peer.toString()).put("address", address);
        arguments.putObject("featureLevels").put("oldest", 1).put("newest", 1);
        return registry.register(arguments);
    }

    private static ObjectNode removal(String name) {
        return DescriptorJson.object().put("node", name);
    }

    private static void assertRefused(String error, ThrowingCallable call, String... why) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AdminException.class, refusal -> {
            assertThat(refusal.error()).as(refusal.getMessage()).isEqualTo(error);
            assertThat(refusal.getMessage()).contains(why);
        });
    }

    private static Peer guest() {
        return new Peer(GUEST, ADDRESS, Role.VOTER);
    }

    @Test
    void aRemovalThatLookedBeforeANodeBecameAMemberFailsAndTheOtherWayRound() {
        String key = NodeRecord.key(GUEST.node());
        Optional<ObjectNode> seen = metadata.get(key);
        List<MetadataShard.Change> joining = registry.joining(List.of(guest()));
        metadata.replaceAll(joining);
        Optional<ObjectNode> removed =
                seen.map(NodeRecord::read).map(NodeRecord::remove).map(NodeRecord::write);
        assertRefused("CONFLICT", () -> metadata.replace(key, seen, removed), key);

        List<MetadataShard.Change> late = registry.joining(List.of(guest()));
        registry.remove(removal("n2"));
        assertRefused("CONFLICT", () -> metadata.replaceAll(late), key);
        assertRefused("REMOVED_NODE", () -> registry.joining(List.of(guest())), GUEST + " was removed");
    }

    @Test
    void ofSeveralDocumentsAllAreReplacedOrNone() {
        Optional<ObjectNode> one = Optional.of(DescriptorJson.object().put("a", 1));
        Optional<ObjectNode> two = Optional.of(DescriptorJson.object().put("a", 2));
        metadata.replaceAll(List.of(
                new MetadataShard.Change("x/1", Optional.empty(), one),
                new MetadataShard.Change("x/2", Optional.empty(), one)));
        List<MetadataShard.Change> half = List.of(
                new MetadataShard.Change("x/1", one, two), new MetadataShard.Change("x/2", Optional.empty(), two));
        assertRefused("CONFLICT", () -> metadata.replaceAll(half), "'x/2'");
        assertThat(metadata.get("x/1")).isEqualTo(one);
        metadata.replace("x/1", one, two);
        metadata.replace("x/1", one, two);
        assertThat(metadata.get("x/1")).as("a repetition succeeds").isEqualTo(two);
    }

    @Test
    void aNodeIsRemovedOnceAndOnlyInTheLifeThatIsMeant() {
        assertRefused("UNKNOWN_NODE", () -> registry.remove(removal("n9")), "no node n9", "n1, n2");
        assertRefused("STILL_MEMBER", () -> registry.remove(removal("n1")), "'quorate peers remove meta n1'");
        registry.remove(removal("n2").put("dryRun", true));
        assertThat(registry.registered()).containsKey(GUEST.node());
        PeerId other = new PeerId(GUEST.node(), new Incarnation(3));
        assertRefused(
                "EARLIER_LIFE", () -> registry.remove(removal("n2").put("peer", other.toString())), GUEST.toString());

        JsonNode removed = registry.remove(removal("n2").put("peer", GUEST.toString()));
        assertThat(registry.remove(removal("n2").put("peer", GUEST.toString()))).hasToString(removed.toString());
        assertThat(registry.registered()).doesNotContainKey(GUEST.node());
        assertRefused("REMOVED_NODE", () -> register(GUEST, ADDRESS), GUEST + " was removed", "peers add");
        ObjectNode who = DescriptorJson.object().put("peer", GUEST.toString());
        assertThat(registry.standing(who).path("removed").asText()).contains("was removed");

        register(other, ADDRESS);
        assertThat(registry.registered()).containsKey(GUEST.node());
        assertThat(registry.remove(removal("n2").put("peer", GUEST.toString()))
                        .path("state")
                        .asText())
                .as("a late repetition does not mean the life that came after")
                .isEqualTo("REGISTERED");
    }

    @Test
    void aNameAndAnAddressBelongToOneNode() {
        PeerId second = new PeerId(GUEST.node(), new Incarnation(3));
        assertRefused("NAME_TAKEN", () -> register(second, "127.0.0.1:3"), GUEST + " at " + ADDRESS, "nodes remove n2");
        PeerId stranger = new PeerId(new NodeId("n3"), new Incarnation(3));
        assertRefused("ADDRESS_IN_USE", () -> register(stranger, ADDRESS), ADDRESS + " is that of " + GUEST);
        register(second, ADDRESS); // a wiped disk
        register(second, "127.0.0.1:3"); // it moved
        register(stranger, ADDRESS);
        assertThat(registry.registered()).hasSize(3);
    }
}
