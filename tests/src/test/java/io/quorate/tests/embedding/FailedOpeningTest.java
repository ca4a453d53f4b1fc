package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.raft.QuorateStateMachine;
import io.quorate.statemachine.raft.sync.CommittedFloor;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a server of the user's own: a group that may not be opened says why, and can be opened in the same process once that is mended. */
class FailedOpeningTest {
    @TempDir
    Path directory;

    private final RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());

    @AfterEach
    void close() {
        stores.close();
    }

    private RaftServer build(OwnServer own) throws IOException {
        RaftSync sync = new RaftSync((id, failure) -> {});
        Parameters parameters = new Parameters();
        sync.install(parameters);
        return own.build(
                new QuorateStateMachine(own.shard("tally"), new EmbeddingTest.Tally(), stores, own.live(), sync),
                parameters);
    }

    private void assertRefused(OwnServer own, String why) throws IOException {
        try (RaftServer server = build(own)) {
            assertThatThrownBy(server::start).hasStackTraceContaining(why);
        }
    }

    private void assertServes(OwnServer own) throws IOException {
        try (RaftServer server = build(own)) {
            server.start();
            try (RaftClient client = own.client()) {
                assertThat(client.io().send(Message.valueOf("apples 1")).isSuccess())
                        .isTrue();
            }
        }
    }

    private interface Change {
        void of(RaftProperties properties);
    }

    @Test
    void aServerWithASettingThatBreaksAGuaranteeIsRefusedByItsName() throws IOException {
        OwnServer own = new OwnServer(directory);
        List<Change> bad = List.of(
                properties -> RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, true),
                properties -> RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, true),
                properties -> RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, true),
                properties -> RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false),
                properties -> RaftServerConfigKeys.Log.setUseMemory(properties, true),
                properties -> RaftServerConfigKeys.Log.setCorruptionPolicy(
                        properties, RaftServerConfigKeys.Log.CorruptionPolicy.WARN_AND_RETURN));
        List<Change> good = List.of(
                properties -> RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false),
                properties -> RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false),
                properties -> RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false),
                properties -> RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, true),
                properties -> RaftServerConfigKeys.Log.setUseMemory(properties, false),
                properties -> RaftServerConfigKeys.Log.setCorruptionPolicy(
                        properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION));
        List<String> names = List.of(
                "append-entries.compose.enabled=true",
                "async-flush.enabled=true",
                "unsafe-flush.enabled=true",
                "install.snapshot.enabled=false",
                "use.memory=true",
                "corruption.policy=WARN_AND_RETURN");
        for (int i = 0; i < bad.size(); i++) {
            bad.get(i).of(own.properties());
            assertRefused(own, names.get(i));
            good.get(i).of(own.properties());
        }
        assertServes(own);
    }

    @Test
    void aGroupWithADamagedFileIsOpenedInTheSameProcessOnceThatIsMended() throws IOException {
        OwnServer own = new OwnServer(directory);
        assertServes(own);
        Path floor = own.current().resolve(CommittedFloor.FILE_NAME);
        byte[] intact = Files.readAllBytes(floor);
        Files.write(floor, new byte[intact.length]);
        assertRefused(own, floor.toString());
        Files.write(floor, intact);
        assertServes(own);
    }
}
