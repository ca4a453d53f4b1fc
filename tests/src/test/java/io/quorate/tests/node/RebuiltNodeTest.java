package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged node is refused by file and with the way out; the way out is gone, and nothing that was acknowledged is lost. */
class RebuiltNodeTest {
    private static final ShardId SHARD = Orders.SHARD;
    private static final int KEYS = 50;

    @TempDir
    Path directory;

    /** Flips a bit in the middle of the shard's open log segment. */
    private static Path damage(Path node, String shard) throws IOException {
        Path segment;
        try (Stream<Path> files = Files.walk(node.resolve("raft"))) {
            segment = files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .filter(file -> file.toString().contains(shard))
                    .findFirst()
                    .orElseThrow();
        }
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long at = 1000; // behind the header, before the end of fifty entries
            file.read(one, at);
            file.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 0x10)}), at);
        }
        return segment;
    }

    @Test
    void aDamagedNodeIsRefusedAndComesBackAsANewPeerOnAWipedDisk() throws IOException {
        try (Nodes nodes = new Nodes(directory, name -> new Ledger())) {
            for (String name : List.of("n1", "n2", "n3")) {
                nodes.start(name);
            }
            try (ClusterAdmin admin = nodes.admin();
                    QuorateClient client = nodes.client()) {
                admin.init(3);
                admin.createShard(SHARD, "kv", List.of(), 3);
                Orders.putAll(client, KEYS);
                PeerId before = nodes.node("n3").identity().peer();
                String group = nodes.node("n3")
                        .host()
                        .orElseThrow()
                        .find(SHARD)
                        .orElseThrow()
                        .descriptor()
                        .groupId()
                        .toString();
                nodes.stop("n3");
                Path damaged = damage(directory.resolve("n3"), group);
                assertThatThrownBy(() -> nodes.start("n3"))
                        .hasMessageContaining(damaged.getParent().getParent().toString())
                        .hasMessageContaining(damaged.getFileName().toString())
                        .hasMessageContaining("quorate peers remove")
                        .hasMessageContaining("quorate peers add");
                Orders.put(client, KEYS);

                // as the message says: away with it, and the node comes back as a new peer
                Files.move(directory.resolve("n3"), directory.resolve("n3-damaged"));
                String address = nodes.start("n3");
                PeerId after = nodes.node("n3").identity().peer();
                assertThat(after.node()).isEqualTo(before.node());
                assertThat(after).as("a wiped disk is a new peer").isNotEqualTo(before);
                assertThatThrownBy(() -> admin.addPeer(SHARD, address, true))
                        .as("two peers of one node would be two votes of one disk")
                        .isInstanceOfSatisfying(AdminException.class, refused -> assertThat(refused.getMessage())
                                .contains("earlier life of its disk"));
                Orders.rebuild(admin, "n3", address);
                Orders.put(client, KEYS + 1);
                Orders.assertAllThere(client, KEYS + 2);
                Orders.assertEqualDigests(admin, 3);
                nodes.stop("n1"); // the rebuilt one counts: with it alone there is a majority
                Orders.put(client, KEYS + 2);
                Orders.assertAllThere(client, KEYS + 3);
            }
        }
    }

    @Test
    void twoNodesOfOneNameAreNotMadeACluster() throws IOException {
        try (Nodes first = new Nodes(directory.resolve("a"), name -> new Ledger());
                Nodes second = new Nodes(directory.resolve("b"), name -> new Ledger())) {
            String one = first.start("n1");
            String other = second.start("n1");
            try (ClusterAdmin admin =
                    new ClusterAdmin(List.of(one, other), Optional.empty(), Nodes.PATIENCE, line -> {})) {
                assertThatThrownBy(() -> admin.init(2)).isInstanceOfSatisfying(AdminException.class, refused -> {
                    assertThat(refused.error()).isEqualTo("DUPLICATE_NODE");
                    assertThat(refused.getMessage()).contains(one, other);
                });
            }
        }
    }
}
