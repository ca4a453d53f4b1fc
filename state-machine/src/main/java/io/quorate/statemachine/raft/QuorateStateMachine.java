package io.quorate.statemachine.raft;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.replica.EntryVerdicts;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * The state machine alone, to be registered in a {@code RaftServer} that the user runs already. API: stable.
 *
 * <p>Holds here, too: entries applied in order, each once, with data and position in one atomic write; RocksDB without a log of its
 * own and restart from a durable checkpoint; snapshots as checkpoints installed into new and far-behind peers; the missing fsyncs,
 * where {@link RaftSync#install} was called on the server's parameters; a replica that cannot apply parks at a named LSN.
 *
 * <p>Needs the shard host ({@link RatisShardHost}): batching over clients, exactly-once by writer sessions (Ratis' own retry cache
 * forgets after a minute and at a restart), linearizable reads by a majority probe (Ratis' own may be stale in a partition),
 * write concerns, admission control, the log scanner, checkpoints by time.
 *
 * <p>The server must run with {@code raft.server.log.append-entries.compose.enabled=false}, which is not Ratis' default, and with
 * {@code async-flush}, {@code unsafe-flush}, {@code use.memory}, {@code corruption.policy} and {@code install.snapshot} as they are by
 * default: a group under another setting is not opened ({@link io.quorate.statemachine.raft.sync.RequiredSettings}). Checkpoints are made, and the log purged, only with {@code
 * raft.server.snapshot.auto.trigger.enabled=true}. {@code raft.server.log.log-metadata.enabled} is as it likes.
 *
 * <p>A client's message is one command for the application; the answer is {@link Answer}.
 */
public final class QuorateStateMachine extends RatisStateMachineAdapter {
    private final ClusterClock clock =
            new ClusterClock(() -> state().clusterTimeMillis(), System::nanoTime, System::currentTimeMillis);

    /**
     * What a client gets back, encoded as u8 refused, u64 LSN, value.
     *
     * @param lsn of the entry
     * @param refused true if the application refused the command
     * @param value the application's answer
     */
    public record Answer(Lsn lsn, boolean refused, Bytes value) {
        private static final int HEADER_BYTES = 9;

        Message encode() {
            byte[] bytes = new byte[HEADER_BYTES + value.length()];
            ByteBuffer.wrap(bytes).put((byte) (refused ? 1 : 0)).putLong(lsn.value());
            value.copyTo(bytes, HEADER_BYTES);
            return Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
        }

        /** @throws IllegalArgumentException if it is no answer of this state machine */
        public static Answer decode(Message message) {
            Bytes bytes = Bytes.wrap(message.getContent().asReadOnlyByteBuffer());
            if (bytes.length() < HEADER_BYTES) {
                throw new IllegalArgumentException("answer of " + bytes.length() + " bytes");
            }
            long lsn = bytes.longAt(1);
            if (bytes.at(0) >> 1 != 0 || lsn < 0) {
                throw new IllegalArgumentException("answer that begins with " + bytes.at(0) + ", of lsn " + lsn);
            }
            return new Answer(new Lsn(lsn), bytes.at(0) != 0, bytes.slice(HEADER_BYTES, bytes.length() - HEADER_BYTES));
        }
    }

    /**
     * A replica of one group.
     *
     * @param descriptor identity that is written into every entry; equal on all peers
     * @param live directory for the running state, outside of Ratis' own; rebuilt at every start
     * @param sync of the server that this is registered in
     */
    public QuorateStateMachine(
            ShardDescriptor descriptor, Application application, StateStoreFactory stores, Path live, RaftSync sync) {
        super(
                new AppliedState(descriptor, application, stores, live, EntryVerdicts.NONE),
                new ReplicaHealth(),
                sync,
                KeptLog.nothing());
        listen(new GroupEvents() {
            @Override
            public void committed(PendingBatch batch, List<AppendOutcome> outcomes, long term, long index) {
                throw new IllegalStateException("no batch of a shard host can come here");
            }

            @Override
            public void leaderReady() {
                // Ratis answers its clients itself
            }

            @Override
            public void leaderLost() {
                // Ratis answers its clients itself
            }

            @Override
            public void parked() {
                // elections are the owner's of the server; what is parked shows in the log
            }

            @Override
            public void healed() {
                // shows in the log, too
            }
        });
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        Bytes command = Bytes.wrap(request.getMessage().getContent().asReadOnlyByteBuffer());
        if (command.isEmpty()) {
            throw new StateMachineException(
                    "empty command for shard " + descriptor().shard(), null, false);
        }
        long term = getServer().join().getDivision(getGroupId()).getInfo().getCurrentTerm();
        EntryBatch batch;
        synchronized (clock) {
            batch = new EntryBatch(
                    descriptor().cluster(),
                    descriptor().generation(),
                    clock.now(term),
                    List.of(LogRecord.sessionless(EntryKind.USER, command)));
        }
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(UnsafeByteOperations.unsafeWrap(batch.encode().buffer()))
                .build();
    }

    @Override
    CompletableFuture<Message> reply(List<AppendOutcome> outcomes) {
        Committed committed = (Committed) outcomes.get(0);
        Answer answer = new Answer(
                committed.lsn(),
                committed.result().refused(),
                committed.result().value());
        return CompletableFuture.completedFuture(answer.encode());
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        Bytes query = Bytes.wrap(request.getContent().asReadOnlyByteBuffer());
        return CompletableFuture.completedFuture(Message.valueOf(
                UnsafeByteOperations.unsafeWrap(state().query(query).value().buffer())));
    }

    /** Makes a checkpoint now: without a host, Ratis says when. */
    @Override
    public long takeSnapshot() throws IOException {
        try {
            checkpoint();
        } catch (RuntimeException e) {
            // Ratis goes on after an IOException, and closes the division after anything else
            throw new IOException("checkpoint of shard " + descriptor().shard() + " failed; tried again later", e);
        }
        return super.takeSnapshot();
    }
}
