package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.replica.EntryVerdicts;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RatisStateMachineAdapterTest {
    private final ReplicaHealth health = new ReplicaHealth();

    private RatisStateMachineAdapter machine() {
        ShardDescriptor descriptor = new ShardDescriptor(
                new ClusterId(UUID.randomUUID()),
                new ShardId("s1"),
                Generation.FIRST,
                "none",
                List.of(TestGroup.peer("a")));
        AppliedState state = new AppliedState(
                descriptor,
                null,
                (live, checkpoint) -> {
                    throw new AssertionError("nobody opens it here");
                },
                Path.of("none"),
                EntryVerdicts.NONE);
        return new RatisStateMachineAdapter(state, health, new RaftSync((group, failure) -> {}), KeptLog.nothing());
    }

    /** Ratis' updater and its log close a division without a word to anybody but the machine. */
    @Test
    void aReplicaWhoseMachineRatisClosesByItselfSaysSoUntilItsOwnerClosesIt() throws IOException {
        RatisStateMachineAdapter machine = machine();
        assertThat(health.problem()).isEmpty();
        machine.close();
        assertThat(health.problem()).hasValue("its Raft division is closed");
        health.close();
        assertThat(health.problem()).isEmpty();
    }
}
