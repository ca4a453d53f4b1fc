package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotInstallSyncTest {
    @TempDir
    Path group;

    private Path temporary;
    private Path snapshots;
    private final List<Path> synced = new ArrayList<>();
    private SnapshotInstallSync sync;

    @BeforeEach
    void create() {
        temporary = group.resolve("tmp");
        snapshots = group.resolve("sm");
        sync = new SnapshotInstallSync(temporary, snapshots, directory -> {
            DirectorySync.FSYNC.sync(directory);
            synced.add(directory);
        });
    }

    @Test
    void aCrashBetweenTheTwoRenamesPutsTheFormerSnapshotBack() throws IOException {
        write("sm.tmp20260101/snapshot", "old");
        write("tmp/snapshot-7/snapshot", "new, never published");
        sync.recover();
        assertThat(snapshots.resolve("snapshot")).hasContent("old");
        assertThat(group.resolve("sm.tmp20260101")).doesNotExist();
        assertThat(temporary).doesNotExist();
        assertThat(synced).contains(group);
    }

    @Test
    void aCrashAfterBothRenamesRemovesTheFormerSnapshot() throws IOException {
        write("sm/snapshot", "new");
        write("sm.tmp20260101/snapshot", "old");
        sync.recover();
        assertThat(snapshots.resolve("snapshot")).hasContent("new");
        assertThat(group.resolve("sm.tmp20260101")).doesNotExist();
    }

    @Test
    void nothingToRecoverIsFine() throws IOException {
        sync.recover();
        new SnapshotInstallSync(group.resolve("none/tmp"), group.resolve("none/sm"), DirectorySync.FSYNC).recover();
        assertThat(snapshots).doesNotExist();
    }

    @Test
    void severalFormerSnapshotsAreNotChosenFrom() throws IOException {
        write("sm.tmp20260101/snapshot", "one");
        write("sm.tmp20260102/snapshot", "two");
        assertThatThrownBy(sync::recover)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sm.tmp20260101")
                .hasMessageContaining("sm.tmp20260102");
        assertThat(snapshots).doesNotExist();
    }

    @Test
    void aPublishedDirectoryIsSyncedOnceAndAReplacementAgain() throws IOException {
        sync.published();
        assertThat(synced).isEmpty();
        write("sm/snapshot", "one");
        sync.published();
        sync.published();
        assertThat(synced).containsExactly(group);
        write("tmp/snapshot-1/snapshot", "two");
        sync.beforePublish();
        Files.move(snapshots, group.resolve("sm.tmp1"));
        sync.published(); // between the two renames
        Files.move(temporary.resolve("snapshot-1"), snapshots);
        sync.beforeReply();
        sync.beforeReply();
        assertThat(synced).containsExactly(group, group, temporary);
    }

    @Test
    void replyingBeforeAnythingArrivedOrAfterItWasDiscardedIsFine() throws IOException {
        sync.beforeReply();
        write("tmp/snapshot-1/a", "chunk");
        sync.beforeReply();
        Files.writeString(temporary.resolve("snapshot-1/a"), "chunk and more");
        sync.beforeReply();
        Files.delete(temporary.resolve("snapshot-1/a"));
        sync.beforeReply();
        sync.beforePublish();
    }

    private void write(String name, String content) throws IOException {
        Path file = group.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
