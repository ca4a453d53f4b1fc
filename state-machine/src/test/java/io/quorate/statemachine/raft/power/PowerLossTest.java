package io.quorate.statemachine.raft.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.statemachine.raft.node.NodeSync;
import io.quorate.statemachine.raft.node.RaftNode;
import io.quorate.statemachine.raft.scan.RaftLogScanner;
import io.quorate.statemachine.raft.scan.ScanBounds;
import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.RaftSync;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a group's peer promised and answered is there after a power loss, and is not without our fsyncs.
 *
 * <p>Answers count if they came before the cut was asked for. This process outlives its disk, which no power loss allows: while the file
 * system is being shut down, fsync calls under way may return success though their data never reached the journal. Measured without
 * any of our code, with threads that write, fsync and note the time (Linux 6.18): of the calls that returned before the shutdown was
 * asked for none was lost (ext4 0 of 2,636, xfs 0 of 2,343), of those that returned later some were (ext4 16 of 1,692, xfs 7 of 145).
 * An answer that rests on such a call is a fault of the experiment; with power really gone nobody would be there to give it. That
 * nothing is hidden by leaving them out is shown with node processes, which can be killed before the disk is cut: there every answer
 * counts (ClusterPowerLossTest in tests).
 */
@Tag("chaos")
class PowerLossTest {
    private static final int ROUNDS = 25;
    private static final int OUTSTANDING = 64;
    private static final ScanBounds BOUNDS = new ScanBounds(-1, -1, 512 * 1024);

    @TempDir
    Path work;

    @ParameterizedTest
    @ValueSource(strings = {"xfs", "ext4"})
    void aVoteSurvivesWithTheHooksAndIsForgottenWithoutThem(String fileSystem) throws IOException {
        try (PowerLossDisk disk = PowerLossDisk.create(work, fileSystem)) {
            Path group = disk.root().resolve("group");
            storageOf(group).close();
            DirectorySync.FSYNC.sync(group.resolve("current"));
            RaftStorageMetadata before = voteAndLosePower(disk, group, 4, false);
            assertThat(before.getTerm()).as("negative control: Ratis alone").isZero();
            RaftStorageMetadata after = voteAndLosePower(disk, group, 5, true);
            assertThat(after).isEqualTo(RaftStorageMetadata.valueOf(5, RaftPeerId.valueOf("n2")));
        }
    }

    private static RaftStorageMetadata voteAndLosePower(PowerLossDisk disk, Path group, long term, boolean hooked)
            throws IOException {
        try (RaftStorage storage = storageOf(group)) {
            Runnable reply = () -> {};
            if (hooked) {
                RaftSync sync = new RaftSync((id, failure) -> {});
                reply = sync.register(RaftGroupId.randomId(), storage, Optional.empty())::ensureVoteDurable;
            }
            storage.getMetadataFile().persist(RaftStorageMetadata.valueOf(term, RaftPeerId.valueOf("n2")));
            reply.run();
            disk.cutPower();
        }
        disk.restorePower();
        RaftLogScanner.prepare(group, BOUNDS);
        try (RaftStorage storage = storageOf(group)) {
            return storage.getMetadataFile().getMetadata();
        }
    }

    private static RaftStorage storageOf(Path group) throws IOException {
        RaftStorage storage = RaftStorage.newBuilder()
                .setDirectory(group.toFile())
                .setOption(StartupOption.RECOVER)
                .setStorageFreeSpaceMin(SizeInBytes.ONE_KB)
                .build();
        storage.initialize();
        return storage;
    }

    @ParameterizedTest
    @ValueSource(strings = {"xfs", "ext4"})
    void everyAnsweredAppendIsFoundAfterPowerLossUnderLoad(String fileSystem) throws Exception {
        ExitUtils.disableSystemExit();
        RaftGroup group = RaftNode.groupOf(1);
        Queue<String> answered = new ConcurrentLinkedQueue<>();
        try (PowerLossDisk disk = PowerLossDisk.create(work, fileSystem)) {
            for (int round = 0; round < ROUNDS; round++) {
                RaftLogScanner.prepare(RaftNode.groupDirectory(disk.root()), BOUNDS);
                try (RaftNode node = start(group, disk.root());
                        RaftClient client = RaftNode.client(group)) {
                    RaftNode.append(client, "round " + round);
                    assertThat(node.stateMachine().notes()).containsAll(answered);
                    losePowerUnderLoad(disk, client, round, answered);
                }
                disk.restorePower();
            }
        }
        assertThat(answered).hasSizeGreaterThan(ROUNDS * 100);
    }

    private static void losePowerUnderLoad(PowerLossDisk disk, RaftClient client, int round, Queue<String> answered)
            throws Exception {
        Queue<String> now = new ConcurrentLinkedQueue<>();
        Semaphore window = new Semaphore(OUTSTANDING);
        AtomicBoolean off = new AtomicBoolean();
        Thread load = new Thread(() -> {
            for (int i = 0; !off.get(); i++) {
                window.acquireUninterruptibly();
                String note = "r" + round + "-" + i + "-" + "p".repeat(i * 37 % 3000);
                client.async().send(Message.valueOf(note)).whenComplete((reply, failure) -> {
                    if (failure == null && reply.isSuccess()) {
                        now.add(note);
                    }
                    window.release();
                });
            }
        });
        load.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> now.size() > 150 + 40 * round);
        // Not what is answered from here on: see above.
        answered.addAll(now);
        disk.cutPower();
        off.set(true);
        window.release(1);
        load.join();
    }

    private static RaftNode start(RaftGroup group, Path storage) throws IOException {
        NodeSync sync = new NodeSync(new RaftSync((id, failure) -> {}), DirectorySync.FSYNC, DirectorySync.FSYNC);
        return RaftNode.start(
                group.getPeers().iterator().next(),
                group,
                storage,
                Optional.of(sync),
                parameters -> {},
                properties -> RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("256KB")));
    }
}
