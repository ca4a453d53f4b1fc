package io.quorate.statemachine.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.ServerResponse.IndeterminateRun;
import io.quorate.statemachine.wire.ServerResponse.RejectedRun;
import io.quorate.statemachine.wire.ServerResponse.ResultRun;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerRunsTest {
    private static Answer found(long id, long lsn) {
        return new Answer.Found(id, 1, new QueryResult(new Lsn(lsn), Bytes.utf8("v" + id)));
    }

    private static Answer refused(long id, RejectReason reason, String message) {
        return new Answer.Refused(id, 1, Optional.empty(), reason, message);
    }

    @Test
    void resultsOfConsecutiveIdsFromOneStateShareARun() {
        assertThat(AnswerRuns.fold(List.of(found(1, 7), found(2, 7), found(4, 7), found(5, 8))))
                .containsExactly(
                        new ResultRun(1, new Lsn(7), List.of(Bytes.utf8("v1"), Bytes.utf8("v2"))),
                        new ResultRun(4, new Lsn(7), List.of(Bytes.utf8("v4"))),
                        new ResultRun(5, new Lsn(8), List.of(Bytes.utf8("v5"))));
    }

    @Test
    void refusalsShareARunOnlyIfReasonAndMessageAreEqual() {
        List<ServerResponse> responses = AnswerRuns.fold(List.of(
                refused(1, RejectReason.QUEUE_FULL, "full"),
                refused(2, RejectReason.QUEUE_FULL, "full"),
                refused(3, RejectReason.QUEUE_FULL, "fuller"),
                refused(4, RejectReason.INVALID, "fuller")));
        assertThat(responses)
                .containsExactly(
                        new RejectedRun(1, 2, RejectReason.QUEUE_FULL, "full", Optional.empty()),
                        new RejectedRun(3, 1, RejectReason.QUEUE_FULL, "fuller", Optional.empty()),
                        new RejectedRun(4, 1, RejectReason.INVALID, "fuller", Optional.empty()));
    }

    @Test
    void nothingFoldsToNothing() {
        assertThat(AnswerRuns.fold(List.of())).isEmpty();
    }

    @Test
    void framesThatAreReadyKeepTheirPlace() {
        ServerResponse pong = new ServerResponse.Pong(2);
        ServerResponse other = new IndeterminateRun(9, 1, "unknown");
        assertThat(AnswerRuns.fold(List.of(found(1, 7), new Answer.Ready(2, 0, pong), new Answer.Ready(9, 0, other))))
                .containsExactly(new ResultRun(1, new Lsn(7), List.of(Bytes.utf8("v1"))), pong, other);
    }
}
