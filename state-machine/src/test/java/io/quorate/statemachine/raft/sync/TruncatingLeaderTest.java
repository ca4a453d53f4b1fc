package io.quorate.statemachine.raft.sync;

import static io.quorate.statemachine.raft.sync.NodesLedByFirst.FIRST;
import static io.quorate.statemachine.raft.sync.NodesLedByFirst.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.node.NodeSync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader counts its own disk by an index that Ratis lowers only once the log thread has cut the files: n1 has entries on its disk that
 * nobody else has, hears of the next leader while its log thread hangs, and is to lead again.
 */
class TruncatingLeaderTest {
    private static final String LOG_THREAD = "SegmentedRaftLogWorker.runWorker";
    private static final int NOBODY_ELSE_HAS = 5;
    private static final String AGAIN = "when n1 leads again";

    @TempDir
    Path directory;

    private final CountDownLatch diskIsBack = new CountDownLatch(1);
    private NodesLedByFirst nodes;

    @AfterEach
    void stop() throws IOException {
        diskIsBack.countDown();
        CodeInjectionForTesting.remove(LOG_THREAD);
        nodes.close();
    }

    private static NodeSync settling(RaftSync sync) {
        return new NodeSync(sync, DirectorySync.FSYNC, DirectorySync.FSYNC);
    }

    private static NodeSync rash(RaftSync sync) {
        return new NodeSync(sync, sync::install, false, DirectorySync.FSYNC, DirectorySync.FSYNC);
    }

    /** Its log is cut in memory and not on its disk, and it has the vote of n3. */
    private void letN1LeadOnADiskThatHangs() throws IOException {
        nodes.links().cut("n1", "n2");
        nodes.links().cut("n1", "n3");
        long last = nodes.lastEntry("n1").getIndex() + NOBODY_ELSE_HAS;
        for (int i = 0; i < NOBODY_ELSE_HAS; i++) {
            nodes.submit("n1", "nobody else has " + i);
        }
        Awaitility.await("on the disk of n1")
                .atMost(PATIENCE)
                .until(() -> nodes.division("n1").getRaftLog().getFlushIndex() >= last);
        nodes.campaign("n2", "n1");
        nodes.awaitLeads("n2");
        awaitLastEntryOfN2("n3");
        nodes.stop("n1");
        CodeInjectionForTesting.put(LOG_THREAD, (local, remote, arguments) -> {
            if ("n1".equals(String.valueOf(local))) {
                HeldEntries.await(diskIsBack, "a disk");
            }
            return false;
        });
        nodes.startAgain("n1");
        nodes.links().heal();
        awaitLastEntryOfN2("n1");
        nodes.links().cut("n2", "n1");
        nodes.links().cut("n2", "n3");
        nodes.campaign("n1", "n2");
    }

    private void awaitLastEntryOfN2(String node) {
        Awaitility.await(node + " follows").atMost(PATIENCE).until(() -> {
            TermIndex last = nodes.lastEntry("n2");
            return last.getTerm() > 1 && last.equals(nodes.lastEntry(node));
        });
    }

    @Test
    void aPeerLeadsOnlyOnceItsDiskHasCutWhatItsLogHasCut() throws Exception {
        nodes = NodesLedByFirst.start(directory, 3, TruncatingLeaderTest::settling);
        letN1LeadOnADiskThatHangs();
        NodesLedByFirst.awaitThread(
                "the new leader waits", LogDirectorySync.class, "awaitTruncations", "changeToLeader");
        diskIsBack.countDown();
        nodes.append("n1", AGAIN);
        nodes.awaitNotes("n1", FIRST, AGAIN);
        nodes.awaitNotes("n3", FIRST, AGAIN);
    }

    @Test
    void ifItDidNotWaitEntriesWouldBeAcknowledgedThatOneDiskOfThreeHas() throws Exception {
        nodes = NodesLedByFirst.start(directory, 3, TruncatingLeaderTest::rash);
        letN1LeadOnADiskThatHangs();
        nodes.append("n1", AGAIN);
        assertThat(diskIsBack.getCount()).as("its disk hangs").isOne();
    }
}
