package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.replica.EntryVerdicts;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.statemachine.TransactionContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rejected is for ever: what was answered so never enters the log, whichever division is asked to take it. */
class PendingBatchTest {
    private static final ClusterId CLUSTER = new ClusterId(UUID.randomUUID());
    private static final LogRecord RECORD = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("entry"));

    @TempDir
    Path directory;

    private final RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
    private final List<AppendOutcome> outcomes = new ArrayList<>();
    private final PendingBatch batch = new PendingBatch(
            new EntryBatch(CLUSTER, Generation.FIRST, 7, List.of(RECORD)),
            List.of(new PendingAppend(
                    RECORD, WriteConcern.MAJORITY, Long.MAX_VALUE, (at, outcome) -> outcomes.add(outcome), 0)));

    @AfterEach
    void close() {
        stores.close();
    }

    private RatisStateMachineAdapter machine() {
        Peer self = new Peer(TestGroup.SELF, "127.0.0.1:1", Role.VOTER);
        AppliedState state = new AppliedState(
                new ShardDescriptor(CLUSTER, new ShardId("s1"), Generation.FIRST, "kv", List.of(self)),
                new KvApplication(),
                stores,
                directory,
                EntryVerdicts.NONE);
        return new RatisStateMachineAdapter(
                state, new ReplicaHealth(), new RaftSync((group, failure) -> {}), KeptLog.nothing());
    }

    private TransactionContext transaction(RatisStateMachineAdapter machine) throws IOException {
        return machine.startTransaction(RaftClientRequest.newBuilder()
                .setClientId(ClientId.randomId())
                .setServerId(RaftPeerId.valueOf("a"))
                .setGroupId(RaftGroupId.randomId())
                .setCallId(1)
                .setMessage(batch)
                .setType(RaftClientRequest.writeRequestType())
                .build());
    }

    @Test
    void aBatchThatWasRejectedIsNotLoggedByTheDivisionThatWasOpenedSince() throws IOException {
        RatisStateMachineAdapter machine = machine();
        TransactionContext transaction = transaction(machine);
        batch.fail(RejectReason.UNAVAILABLE, "the shard closed on this node");
        assertThat(outcomes).hasSize(1).first().isInstanceOf(Rejected.class);
        assertThatThrownBy(() -> machine.preAppendTransaction(transaction))
                .isInstanceOfSatisfying(
                        StateMachineException.class,
                        refusal -> assertThat(refusal.leaderShouldStepDown()).isFalse());
        assertThat(batch.isHandedOver()).isFalse();
    }

    @Test
    void aBatchThatTheLogTookIsNeverRejected() throws IOException {
        RatisStateMachineAdapter machine = machine();
        machine.preAppendTransaction(transaction(machine));
        batch.fail(RejectReason.UNAVAILABLE, "the shard closed on this node");
        assertThat(outcomes).hasSize(1).first().isInstanceOf(Indeterminate.class);
    }
}
