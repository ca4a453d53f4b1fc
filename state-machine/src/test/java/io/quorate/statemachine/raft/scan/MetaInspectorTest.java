package io.quorate.statemachine.raft.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.statemachine.raft.node.NodeSync;
import io.quorate.statemachine.raft.node.RaftNode;
import io.quorate.statemachine.raft.sync.ConfigurationMirror;
import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.raft.sync.VoteMirror;
import io.quorate.statemachine.raft.sync.VoteRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.RaftGroup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vote and the configuration of a real group, damaged, with and without their copies. */
class MetaInspectorTest {
    private static final ScanBounds BOUNDS = new ScanBounds(-1, -1, LogImage.MAX_ENTRY_BYTES);

    @TempDir
    Path storage;

    private RaftGroup group;
    private Path current;
    private VoteRecord promised;

    @BeforeEach
    void run() throws IOException {
        group = RaftNode.groupOf(1);
        start();
        current = RaftNode.groupDirectory(storage).resolve("current");
        promised = VoteMirror.read(current).orElseThrow();
        assertThat(promised).isEqualTo(new VoteRecord(1, "n1"));
        assertThat(prepare().repairs()).isEmpty();
    }

    private void start() throws IOException {
        NodeSync sync = new NodeSync(new RaftSync((id, failure) -> {}), DirectorySync.FSYNC, DirectorySync.FSYNC);
        try (RaftNode node = RaftNode.start(
                        group.getPeers().iterator().next(),
                        group,
                        storage,
                        Optional.of(sync),
                        parameters -> {},
                        properties -> {});
                RaftClient client = RaftNode.client(group)) {
            RaftNode.append(client, "note");
            assertThat(node.stateMachine().notes()).contains("note");
        }
    }

    @Test
    void aFlippedVoteIsPutBackToWhatWasPromised() throws IOException {
        for (String damaged : new String[] {
            "term=0\nvotedFor=n1\n",
            "term=1\nvotedFor=n3\n",
            "tfrm=1\nvotedFor=n1\n",
            "term=x\nvotedFor=n1\n",
            "",
            "\\u12"
        }) {
            Files.writeString(meta(), damaged);
            assertThat(prepare().repairs())
                    .singleElement()
                    .isInstanceOfSatisfying(Repair.RestoreVote.class, restore -> {
                        assertThat(restore.vote()).isEqualTo(promised);
                        assertThat(restore.describe()).contains("write term 1 and vote 'n1' to " + meta());
                    });
            assertThat(Files.readString(meta())).contains("term=1").contains("votedFor=n1");
        }
        Files.delete(meta());
        assertThat(prepare().repairs()).hasSize(1);
        start();
    }

    @Test
    void aVoteAheadOfThePromiseIsKept() throws IOException {
        Files.writeString(meta(), "term=7\nvotedFor=n2\n");
        assertThat(prepare().repairs()).isEmpty();
    }

    @Test
    void withoutARecordOfThePromiseAnUnreadableVoteIsRefused() throws IOException {
        Files.delete(current.resolve(VoteMirror.FILE_NAME));
        assertThat(prepare().repairs()).isEmpty();
        Files.writeString(meta(), "term=0\nvotedFor=n1\n");
        assertThat(refused()).isEqualTo(DamageKind.VOTE_BEHIND_LOG);
        Files.writeString(meta(), "votedFor=n1\n");
        assertThat(refused()).isEqualTo(DamageKind.VOTE_UNREADABLE);
        Files.write(meta(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(refused()).isEqualTo(DamageKind.VOTE_UNREADABLE);
        Files.delete(meta());
        assertThat(refused()).isEqualTo(DamageKind.VOTE_UNREADABLE);
    }

    @Test
    void aLogAheadOfThePromiseRaisesTheTermWithoutAVote() throws IOException {
        Files.copy(meta(), storage.resolve("meta"));
        Path mirror = current.resolve(VoteMirror.FILE_NAME);
        byte[] old = Files.readAllBytes(mirror);
        start(); // term 2
        Files.copy(storage.resolve("meta"), meta(), StandardCopyOption.REPLACE_EXISTING);
        Files.write(mirror, old);
        assertThat(prepare().repairs())
                .singleElement()
                .isInstanceOfSatisfying(Repair.RestoreVote.class, restore -> assertThat(restore.vote())
                        .isEqualTo(new VoteRecord(2, "")));
    }

    @Test
    void aDamagedRecordOfThePromiseIsRefused() throws IOException {
        Path mirror = current.resolve(VoteMirror.FILE_NAME);
        byte[] bytes = Files.readAllBytes(mirror);
        bytes[15] ^= 2;
        Files.write(mirror, bytes);
        assertThat(refused()).isEqualTo(DamageKind.VOTE_RECORD_DAMAGED);
    }

    @Test
    void aDamagedConfigurationIsPutBackFromItsCopy() throws IOException {
        byte[] whole = Files.readAllBytes(configuration());
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x10;
            Files.write(configuration(), changed);
            assertThat(RaftLogScanner.inspect(RaftNode.groupDirectory(storage), BOUNDS)
                            .repairs())
                    .as("byte " + at)
                    .singleElement()
                    .isInstanceOf(Repair.RestoreConfiguration.class);
        }
        prepare();
        assertThat(Files.readAllBytes(configuration())).isEqualTo(whole);
        Files.delete(configuration());
        prepare();
        assertThat(Files.readAllBytes(configuration())).isEqualTo(whole);
        start();
    }

    @Test
    void withoutACopyOnlyAnUnreadableConfigurationIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(configuration());
        Path copy = current.resolve(ConfigurationMirror.FILE_NAME);
        byte[] copied = Files.readAllBytes(copy);
        copied[13] ^= 1;
        Files.write(copy, copied);
        assertThat(refused()).isEqualTo(DamageKind.CONFIGURATION_UNREADABLE);
        Files.delete(copy);
        assertThat(prepare().repairs()).isEmpty();
        Files.write(configuration(), new byte[] {1, 2, 3});
        assertThat(refused()).isEqualTo(DamageKind.CONFIGURATION_UNREADABLE);
        Files.write(configuration(), new byte[0]);
        assertThat(refused()).isEqualTo(DamageKind.CONFIGURATION_UNREADABLE);
        Files.write(configuration(), whole);
        assertThat(prepare().repairs()).isEmpty();
    }

    private Path meta() {
        return current.resolve("raft-meta");
    }

    private Path configuration() {
        return current.resolve("raft-meta.conf");
    }

    private ScanReport prepare() throws IOException {
        return RaftLogScanner.prepare(RaftNode.groupDirectory(storage), BOUNDS);
    }

    private DamageKind refused() {
        RaftLogDamagedException e = catchThrowableOfType(RaftLogDamagedException.class, this::prepare);
        assertThat(e).isNotNull();
        return e.damage().kind();
    }
}
