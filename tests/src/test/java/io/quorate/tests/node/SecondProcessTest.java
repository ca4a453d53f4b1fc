package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes under one name: with one identity they would be two logs with one vote. */
class SecondProcessTest {
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    private Nodes nodes;

    @BeforeEach
    void start() throws IOException {
        nodes = new Nodes(directory, node -> new Ledger());
        for (String node : List.of("n1", "n2", "n3")) {
            nodes.start(node);
        }
        try (ClusterAdmin admin = nodes.admin()) {
            admin.init(3);
            admin.createShard(SHARD, KvApplication.NAME, List.of(), 3);
        }
        append("before");
    }

    @AfterEach
    void close() throws IOException {
        nodes.close();
    }

    private void append(String key) {
        try (QuorateClient client = nodes.client()) {
            Bytes put = KvCommand.put(Bytes.utf8(key), Bytes.utf8("value")).encode();
            assertThat(client.shard(SHARD).appendAndWait(put)).isInstanceOf(Committed.class);
        }
    }

    private HostedShard shard(String node) {
        return nodes.node(node).host().orElseThrow().find(SHARD).orElseThrow();
    }

    /** Byte for byte, and without the lock, which is of no file's content. */
    private void copy(String from, String to) throws IOException {
        Path source = directory.resolve(from);
        try (Stream<Path> tree = Files.walk(source)) {
            for (Path path : tree.toList()) {
                Path target = directory.resolve(to).resolve(source.relativize(path));
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    @Test
    void aCopiedDataDirectoryIsRefusedAtItsStartWhileTheOriginalRuns() throws IOException {
        nodes.stop("n3");
        copy("n3", "copy");
        nodes.start("n3");
        PeerId original = nodes.node("n3").identity().peer();

        assertThatThrownBy(() -> nodes.startCopy("copy", "n3"))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("another process runs as peer " + original)
                .hasMessageContaining("answers at " + nodes.address("n3"))
                .hasMessageContaining(directory.resolve("copy").toString());

        append("after");
        assertThat(shard("n3").status().health()).isEmpty();
    }

    @Test
    void aCopyThatRanAloneTakesNoPartAnyMoreOnceTheOriginalIsBack() throws IOException {
        nodes.stop("n3");
        copy("n3", "copy");
        nodes.startCopy("copy", "n3");
        assertThat(shard("copy").status().health())
                .as("nobody else is that peer")
                .isEmpty();

        nodes.start("n3");

        Awaitility.await("the copy has noticed").atMost(Nodes.PATIENCE).untilAsserted(() -> assertThat(
                        shard("copy").status().health().orElse(""))
                .contains("another process runs as peer " + shard("n3").status().self()));
        assertThat(shard("copy").status().leads()).isFalse();
        assertThatThrownBy(() -> nodes.node("copy").host().orElseThrow().reopen(SHARD))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another process runs as peer");
        append("after");
        assertThat(shard("n3").status().health()).isEmpty();
    }

    @Test
    void theNameOfAMemberIsNotGivenToAnEmptyDirectoryAtAnotherAddress() throws IOException {
        PeerId member = nodes.node("n3").identity().peer();
        nodes.stop("n3");
        DurableFiles.createDirectories(directory.resolve("namesake"));
        String elsewhere = nodes.startCopy("namesake", "n3");
        assertThat(nodes.node("namesake").identity().peer()).isNotEqualTo(member);

        try (ClusterAdmin admin = new ClusterAdmin(
                List.of(nodes.address("n1"), nodes.address("n2")), Optional.empty(), Nodes.PATIENCE, line -> {})) {
            admin.removePeer(SHARD, new NodeId("n3"));
            assertThatThrownBy(() -> admin.addPeer(SHARD, elsewhere, true))
                    .isInstanceOfSatisfying(AdminException.class, refusal -> {
                        assertThat(refusal.error()).isEqualTo("NAME_TAKEN");
                        assertThat(refusal.getMessage())
                                .contains(member.toString(), nodes.address("n3"), elsewhere, "another name");
                    });
        }
    }
}
