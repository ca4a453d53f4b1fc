package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.tests.cluster.Ledger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole nodes that find their directory otherwise than they left it: a torn tail is cut and the node goes on, anything else is refused
 * by file.
 */
class DamagedDirectoryTest {
    private static final int KEYS = 40;
    private static final String VICTIM = "n3";
    /** Of a segment of the log; entries follow. */
    private static final int HEADER_BYTES = 8;

    @TempDir
    Path directory;

    private Nodes nodes;
    private ClusterAdmin admin;
    private QuorateClient client;

    @BeforeEach
    void found() throws IOException {
        nodes = new Nodes(directory, name -> new Ledger());
        for (String name : List.of("n1", "n2", VICTIM)) {
            nodes.start(name);
        }
        admin = nodes.admin();
        client = nodes.client();
        admin.init(3);
        admin.createShard(Orders.SHARD, "kv", List.of(), 3);
        Orders.putAll(client, KEYS);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        admin.close();
        nodes.close();
    }

    private Path victim() {
        return directory.resolve(VICTIM);
    }

    private Path group() {
        return victim().resolve("raft")
                .resolve(admin.find(Orders.SHARD).groupId().toString());
    }

    private static Path one(Path root, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).filter(wanted).findFirst().orElseThrow();
        }
    }

    @Test
    void aTornTailIsCutAndTheNodeGoesOnWithWhatItHad() throws IOException {
        Path group = group();
        nodes.stop(VICTIM);
        Path open = one(group, file -> file.getFileName().toString().startsWith("log_inprogress_"));
        int end = tear(open);
        Orders.put(client, KEYS);
        nodes.start(VICTIM);
        Orders.put(client, KEYS + 1);
        Orders.assertEqualDigests(admin, 3);
        assertThat(one(group, file -> file.getFileName().toString().contains(".cut-at-" + end)))
                .as("what was cut is kept")
                .isNotEmptyFile();
        nodes.stop("n1"); // with the one that was torn alone there is a majority
        Orders.put(client, KEYS + 2);
        Orders.assertAllThere(client, KEYS + 3);
    }

    /** Behind the last entry, the beginning of another one: what a crash leaves that came while it was being written. */
    private static int tear(Path segment) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        int end = HEADER_BYTES;
        while (end < bytes.length && bytes[end] != 0) {
            CodedInputStream frame = CodedInputStream.newInstance(bytes, end, bytes.length - end);
            int length = frame.readUInt32();
            end += frame.getTotalBytesRead() + length + Integer.BYTES; // length, entry, checksum
        }
        ByteBuffer half = ByteBuffer.wrap(bytes, HEADER_BYTES, 30);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(half, end);
        }
        return end;
    }

    @Test
    void aDamagedCheckpointIsRefusedByFileAndTheNodeComesBackOnAnEmptyDisk() throws IOException {
        assertThat(admin.checkpoint(Orders.SHARD)).hasSize(3);
        Orders.put(client, KEYS);
        Path group = group();
        nodes.stop(VICTIM);
        Path table = one(group.resolve("sm"), file -> file.toString().endsWith(".sst"));
        flip(table);
        assertThatThrownBy(() -> nodes.start(VICTIM)).satisfies(refusal -> assertThat(everythingSaidBy(refusal))
                .contains(table.getFileName().toString(), "checkpoint", "has checksum", "add it again as a new peer"));
        Orders.put(client, KEYS + 1);

        Files.move(victim(), directory.resolve("damaged"));
        String address = nodes.start(VICTIM);
        Orders.rebuild(admin, VICTIM, address);
        Orders.assertEqualDigests(admin, 3);
        nodes.stop("n1");
        Orders.put(client, KEYS + 2);
        Orders.assertAllThere(client, KEYS + 3);
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        Files.delete(file); // the live directory may share it by a hard link
        Files.write(file, bytes);
    }

    private static String everythingSaidBy(Throwable failure) {
        StringBuilder said = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            said.append(cause.getMessage()).append('\n');
        }
        return said.toString();
    }

    @Test
    void aDirectoryThatANewerReleaseWroteIsRefusedByFile() throws IOException {
        nodes.stop(VICTIM);
        Path shard = victim().resolve("shards").resolve(Orders.SHARD + ".shard");
        byte[] known = Files.readAllBytes(shard);
        Files.writeString(
                shard, new String(known, StandardCharsets.UTF_8).replaceFirst("QUORATE-SHARD 1 ", "QUORATE-SHARD 2 "));
        assertRefusedAsNewer(shard);
        Files.write(shard, known);

        Path node = victim().resolve("NODE");
        byte[] identity = Files.readAllBytes(node);
        byte[] newer = identity.clone();
        newer[9] = 2; // the version keeps its place for ever
        Files.write(node, newer);
        assertRefusedAsNewer(node);
        Files.write(node, identity);

        nodes.start(VICTIM); // what was refused was not touched
        Orders.put(client, KEYS);
        Orders.assertEqualDigests(admin, 3);
    }

    private void assertRefusedAsNewer(Path file) {
        assertThatThrownBy(() -> nodes.start(VICTIM))
                .hasMessageContaining(file.toString())
                .satisfies(refusal -> assertThat(refusal.getMessage()).containsPattern("newer (version|release)"));
    }
}
