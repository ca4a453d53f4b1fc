package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.MembershipException.Fate;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;
import org.junit.jupiter.api.Test;

class MembershipFailuresTest {
    private static final RaftGroupMemberId MEMBER =
            RaftGroupMemberId.valueOf(RaftPeerId.valueOf("n1.1"), RaftGroupId.randomId());
    private static final NotLeaderException NOT_LEADER = new NotLeaderException(MEMBER, null, List.of());

    private static Fate change(Throwable failure) {
        return MembershipFailures.ofChange("change", failure).fate();
    }

    private static Fate transfer(Throwable failure) {
        return MembershipFailures.ofTransfer("transfer", failure).fate();
    }

    @Test
    void whatWasCheckedBeforeTheStartWasNotBegun() {
        assertThat(change(new SetConfigurationException("changes a majority"))).isEqualTo(Fate.REFUSED);
        assertThat(change(new ReconfigurationTimeoutException("no progress"))).isEqualTo(Fate.REFUSED);
        assertThat(change(new CompletionException(new ReconfigurationInProgressException("another"))))
                .isEqualTo(Fate.PASSING);
        assertThat(change(new LeaderNotReadyException(MEMBER))).isEqualTo(Fate.PASSING);
        assertThat(transfer(NOT_LEADER)).isEqualTo(Fate.PASSING);
        assertThat(transfer(new GroupMismatchException("gone"))).isEqualTo(Fate.PASSING);
        assertThat(transfer(new TransferLeadershipException(
                        "n1 refused to transfer leadership to peer n2 as it is not in the configuration")))
                .isEqualTo(Fate.REFUSED);
        assertThat(transfer(new TransferLeadershipException(
                        "n1 refused to transfer leadership to peer n2 when raft reconfiguration in progress.")))
                .isEqualTo(Fate.PASSING);
    }

    @Test
    void whatMayBeLoggedOrOnItsWayIsIndeterminate() {
        assertThat(change(NOT_LEADER))
                .as("Ratis answers it also to a change that is in its log")
                .isEqualTo(Fate.INDETERMINATE);
        assertThat(transfer(new TransferLeadershipException(
                        "n1: Failed to transfer leadership to n2 (the current leader is n1): TIMED_OUT(1s)")))
                .isEqualTo(Fate.INDETERMINATE);
        for (Throwable unknown : List.of(new TimeoutException(), new IOException("broken"))) {
            assertThat(change(unknown)).isEqualTo(Fate.INDETERMINATE);
            MembershipException failure = MembershipFailures.ofTransfer("transfer", new CompletionException(unknown));
            assertThat(failure.fate()).isEqualTo(Fate.INDETERMINATE);
            assertThat(failure).hasCause(unknown).hasMessageContaining("may still come about");
        }
    }
}
