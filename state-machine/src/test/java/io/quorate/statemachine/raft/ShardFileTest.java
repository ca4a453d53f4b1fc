package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.raft.ShardFile.State;
import io.quorate.statemachine.raft.sync.PeerMemory;
import io.quorate.statemachine.raft.sync.VoteRecord;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardFileTest {
    private static final ShardDescriptor DESCRIPTOR = new ShardDescriptor(
            new ClusterId(new UUID(1, 2)),
            new ShardId("orders"),
            new Generation(3),
            "kv",
            2,
            List.of(
                    new Peer(new PeerId(new NodeId("n1"), new Incarnation(7)), "127.0.0.1:1", Role.VOTER),
                    new Peer(new PeerId(new NodeId("n2"), new Incarnation(-7)), "127.0.0.1:2", Role.OBSERVER)));

    @TempDir
    Path directory;

    private static ShardFile file(State state) {
        return new ShardFile(DESCRIPTOR, state, true, Optional.empty());
    }

    private Path path() {
        return directory.resolve("orders.shard");
    }

    private List<ShardFile> read() throws IOException {
        return ShardFile.readAll(directory);
    }

    private byte[] written() throws IOException {
        file(State.OPEN)
                .remembering(new PeerMemory(new VoteRecord(9, "n1.0000000000000007"), 8, 17))
                .write(directory);
        return Files.readAllBytes(path());
    }

    @Test
    void whatIsWrittenIsReadInEveryState() throws IOException {
        for (State state : State.values()) {
            for (boolean founds : List.of(true, false)) {
                ShardFile file = new ShardFile(DESCRIPTOR, state, founds, Optional.empty());
                file.write(directory);
                assertThat(read()).containsExactly(file);
                ShardFile remembering = file.remembering(PeerMemory.LOST);
                remembering.write(directory);
                assertThat(read()).containsExactly(remembering);
            }
        }
    }

    private void assertRefused(byte[] content) throws IOException {
        Files.write(path(), content);
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(this::read)
                .withMessageContaining(path().toString());
    }

    @Test
    void aFlippedBitInAnyByteAndEveryCutIsRefusedByTheNameOfTheFile() throws IOException {
        byte[] whole = written();
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            assertRefused(flipped);
        }
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void randomContentIsRefusedByTheNameOfTheFile() throws IOException {
        Random random = new Random(17);
        for (int i = 0; i < 500; i++) {
            byte[] content = new byte[random.nextInt(300)];
            random.nextBytes(content);
            assertRefused(content);
        }
    }

    private static byte[] withRightChecksum(String body) {
        String text =
                "QUORATE-SHARD 1 " + String.format("%08x", Bytes.utf8(body).crc32c()) + "\n" + body;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** As another program, or a bug of ours, would write it. */
    @Test
    void aBodyThatMakesNoSenseIsRefusedAlthoughItsChecksumIsRight() throws IOException {
        String body = new String(written(), StandardCharsets.UTF_8).split("\n", 2)[1];
        for (String senseless : List.of(
                "",
                "\n",
                "7\n",
                "[]\n",
                "{}\n",
                "{\"state\":",
                body.replace("OPEN", "AJAR"),
                body.replace("\"generation\":3", "\"generation\":0"),
                body.replace("\"term\":9", "\"term\":-9"),
                body.replace("\"orders\"", "\"no good name\""),
                body.replace("VOTER", "KING"),
                body.replace("\"peers\":[", "\"peers\":[7,"),
                body.replace("n1.", "n1"),
                body.replace("\"lastTerm\":8", "\"lastTerm\":-1"))) {
            assertRefused(withRightChecksum(senseless));
        }
    }

    @Test
    void aFileOfANewerVersionIsRefusedAsSuch() throws IOException {
        String newer =
                new String(written(), StandardCharsets.UTF_8).replaceFirst("QUORATE-SHARD 1 ", "QUORATE-SHARD 2 ");
        Files.writeString(path(), newer);
        assertThatThrownBy(this::read)
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining(path().toString())
                .hasMessageContaining("newer version");
    }
}
