package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.raft.node.NodeSync;
import io.quorate.statemachine.raft.node.RaftNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDirectorySyncTest {
    @TempDir
    Path current;

    private final AtomicInteger syncs = new AtomicInteger();

    private LogDirectorySync counting(int queue) {
        return new LogDirectorySync(current, queue, directory -> {
            DirectorySync.FSYNC.sync(directory);
            syncs.incrementAndGet();
        });
    }

    @Test
    void theDirectoryIsSyncedOncePerOpenSegment() throws IOException {
        LogDirectorySync sync = counting(4);
        Files.createFile(current.resolve("log_inprogress_0"));
        sync.flush(0).join();
        sync.flush(5).join();
        assertThat(syncs).hasValue(1);
        Files.move(current.resolve("log_inprogress_0"), current.resolve("log_0-5"));
        Files.createFile(current.resolve("log_inprogress_6"));
        sync.flush(6).join();
        sync.flush(7).join();
        assertThat(syncs).hasValue(2);
    }

    @Test
    void aSegmentMadeAgainUnderItsNameIsSyncedWhenTheTruncationWasAnnounced() throws IOException {
        LogDirectorySync sync = counting(4);
        Path open = Files.createFile(current.resolve("log_inprogress_0"));
        sync.flush(0).join();
        sync.truncate(0).join();
        sync.flush(3).join(); // writes that were queued before the truncation
        Files.delete(open);
        Files.createFile(open);
        sync.flush(9).join();
        assertThat(syncs).hasValue(3);
        for (int index = 10; index < 13; index++) {
            sync.flush(index).join();
        }
        assertThat(syncs).as("each flush until the queue has passed").hasValue(6);
        sync.flush(13).join();
        assertThat(syncs).as("then no longer").hasValue(6);
    }

    @Test
    void theFlushIndexCountsForNothingFromTheAnnouncementOfATruncationUntilItIsDone() throws Exception {
        LogDirectorySync sync = counting(4);
        Files.createFile(current.resolve("log_inprogress_0"));
        sync.flush(20).join();
        assertThat(sync.truncations()).isZero();
        CompletableFuture<Void> first = sync.truncate(11);
        CompletableFuture<Void> second = sync.truncate(9);
        assertThat(sync.truncations()).isNegative();
        sync.flush(20).join(); // of what was queued before
        assertThat(sync.truncations()).isNegative();
        first.get(); // the log thread, just before it lowers its flush index
        assertThat(sync.truncations()).isNegative();
        sync.flush(11).join();
        assertThat(sync.truncations()).as("the second is still to come").isNegative();
        second.get();
        assertThat(sync.truncations()).isNegative();
        sync.flush(9).join();
        assertThat(sync.truncations()).isEqualTo(2);
    }

    @Test
    void aTruncationThatASnapshotTookThePlaceOfIsWaitedForNoLonger() throws Exception {
        LogDirectorySync sync = counting(4);
        Files.createFile(current.resolve("log_inprogress_0"));
        CompletableFuture<Void> dropped = sync.truncate(11);
        sync.snapshotReceived();
        assertThat(sync.truncations()).isNegative();
        CompletableFuture<Void> later = sync.truncate(30);
        sync.snapshotInstalled();
        assertThat(sync.truncations()).as("the later one is still to come").isNegative();
        later.get();
        sync.flush(30).join();
        assertThat(sync.truncations()).isEqualTo(2);
        assertThat(dropped).isDone();
        sync.truncate(25);
        sync.snapshotReceived();
        sync.snapshotInstalled();
        assertThat(sync.truncations()).isEqualTo(3);
    }

    @Test
    void aFailedSyncFailsTheFlushAndIsTriedAgainOnlyByALaterOne() throws IOException {
        Files.createFile(current.resolve("log_inprogress_0"));
        LogDirectorySync sync = new LogDirectorySync(current, 4, directory -> {
            throw new IOException("planted");
        });
        assertThatThrownBy(() -> sync.flush(7).join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("before index 7")
                .hasRootCauseMessage("planted");
        assertThatThrownBy(() -> sync.flush(8).join()).hasRootCauseMessage("planted");
        assertThatThrownBy(() -> new LogDirectorySync(current, 0, DirectorySync.FSYNC))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMissingDirectoryFailsTheFlush() {
        LogDirectorySync sync = new LogDirectorySync(current.resolve("none"), 4, DirectorySync.FSYNC);
        assertThatThrownBy(() -> sync.flush(0).join()).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void whenAnAppendIsAnsweredTheNamesOfAllSegmentsAreDurable() throws IOException {
        RaftGroup group = RaftNode.groupOf(1);
        DiskWitness disk = new DiskWitness();
        NodeSync sync = new NodeSync(new RaftSync((id, failure) -> {}), disk, DirectorySync.FSYNC);
        try (RaftNode node = RaftNode.start(
                        group.getPeers().iterator().next(),
                        group,
                        current,
                        Optional.of(sync),
                        parameters -> {},
                        properties ->
                                RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("8KB")));
                RaftClient client = RaftNode.client(group)) {
            for (int i = 0; i < 60; i++) {
                RaftNode.append(client, i + "y".repeat(600));
                assertThat(disk.segments()).containsAll(DiskWitness.logNames(node.current()));
            }
            assertThat(disk.segments()).as("it rolled several times").hasSizeGreaterThan(4);
        }
    }
}
