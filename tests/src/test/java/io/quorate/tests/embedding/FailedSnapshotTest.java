package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.raft.QuorateStateMachine;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.LifeCycle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a server of the user's own, where Ratis says when a checkpoint is made: one that fails is tried again. */
class FailedSnapshotTest {
    private static final int FAILURES = 2;

    @TempDir
    Path directory;

    private final AtomicInteger tried = new AtomicInteger();

    /** A store whose disk is full the first times. */
    private final class FullAtFirst implements StateStore {
        private final StateStore store;

        FullAtFirst(StateStore store) {
            this.store = store;
        }

        @Override
        public Position checkpoint(Path target) {
            if (tried.incrementAndGet() <= FAILURES) {
                throw new StateStoreException("no space left (planted)");
            }
            return store.checkpoint(target);
        }

        @Override
        public Position position() {
            return store.position();
        }

        @Override
        public StateView view(Keyspace keyspace) {
            return store.view(keyspace);
        }

        @Override
        public StateSnapshot snapshot() {
            return store.snapshot();
        }

        @Override
        public void write(StateBatch batch, Position position) {
            store.write(batch, position);
        }

        @Override
        public long diskBytes() {
            return store.diskBytes();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void aCheckpointThatFailsLeavesTheDivisionRunningAndIsTriedAgain() throws Exception {
        OwnServer own = new OwnServer(directory);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(own.properties(), true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(own.properties(), 3);
        try (RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
                RaftServer server = own.build(
                        new QuorateStateMachine(
                                own.shard("tally"),
                                new EmbeddingTest.Tally(),
                                (live, checkpoint) -> new FullAtFirst(stores.open(live, checkpoint)),
                                own.live(),
                                new RaftSync((id, failure) -> {})),
                        new Parameters())) {
            server.start();
            try (RaftClient client = own.client()) {
                Awaitility.await("a checkpoint behind those that failed")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> {
                            assertThat(client.io()
                                            .send(Message.valueOf("apples 1"))
                                            .isSuccess())
                                    .isTrue();
                            return tried.get() > FAILURES;
                        });
                assertThat(server.getDivision(own.groupId()).getInfo().getLifeCycleState())
                        .isEqualTo(LifeCycle.State.RUNNING);
            }
        }
    }
}
