package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.raft.QuorateStateMachine;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a server of the user's own: a replica that is parked at an entry does not keep what it is part of from closing. */
class ParkedCloseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static final class AppliesNothing implements Application {
        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction state) {
            throw new IllegalArgumentException("cannot apply (planted)");
        }

        @Override
        public Bytes query(Bytes query, StateView state) {
            return query;
        }
    }

    private interface Close {
        Closeable of(RaftServer server, RaftGroupId group) throws Exception;
    }

    @Test
    void theServerCloses() throws Exception {
        closesWhileParked((server, group) -> server);
    }

    @Test
    void theDivisionCloses() throws Exception {
        closesWhileParked(RaftServer::getDivision);
    }

    private void closesWhileParked(Close what) throws Exception {
        OwnServer own = new OwnServer(directory);
        RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
        RaftServer server = own.build(
                new QuorateStateMachine(
                        own.shard("nothing"),
                        new AppliesNothing(),
                        stores,
                        own.live(),
                        new RaftSync((id, failure) -> {})),
                new Parameters());
        server.start();
        try (RaftClient client = own.client()) {
            client.io().send(Message.valueOf("parks it"));
            RaftServer.Division division = server.getDivision(own.groupId());
            long before = division.getRaftLog().getLastCommittedIndex();
            client.async().send(Message.valueOf("waits behind it"));
            Awaitility.await("an entry behind the one that parks it")
                    .atMost(PATIENCE)
                    .until(() -> division.getRaftLog().getLastCommittedIndex() > before);
            Closeable closing = what.of(server, own.groupId());
            assertThat(CompletableFuture.runAsync(() -> close(closing))).succeedsWithin(PATIENCE);
        }
        server.close();
        stores.close();
    }

    private static void close(Closeable closing) {
        try {
            closing.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
