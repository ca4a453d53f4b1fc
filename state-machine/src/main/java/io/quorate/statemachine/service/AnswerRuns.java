package io.quorate.statemachine.service;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.wire.LeaderHint;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.ServerResponse.CommittedRun;
import io.quorate.statemachine.wire.ServerResponse.CommittedShort;
import io.quorate.statemachine.wire.ServerResponse.DurableRun;
import io.quorate.statemachine.wire.ServerResponse.IndeterminateRun;
import io.quorate.statemachine.wire.ServerResponse.RejectedRun;
import io.quorate.statemachine.wire.ServerResponse.ResultRun;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Folds answers into as few frames as they allow: runs of consecutive ids that were answered alike. */
final class AnswerRuns {
    private final List<Answer> answers;
    private final List<ServerResponse> responses = new ArrayList<>();
    /** Asked once a message for each shard. */
    private final Map<HostedShard, Optional<LeaderHint>> hints = new IdentityHashMap<>();

    private AnswerRuns(List<Answer> answers) {
        this.answers = answers;
    }

    static List<ServerResponse> fold(List<Answer> answers) {
        AnswerRuns runs = new AnswerRuns(answers);
        int at = 0;
        while (at < answers.size()) {
            at = runs.foldFrom(at);
        }
        return runs.responses;
    }

    private int foldFrom(int first) {
        Answer answer = answers.get(first);
        if (answer instanceof Answer.Appended appended) {
            return foldAppends(first, appended);
        }
        if (answer instanceof Answer.Found found) {
            return foldResults(first, found);
        }
        if (answer instanceof Answer.Refused refused) {
            int end = first + 1;
            while (end < answers.size()
                    && follows(first, end)
                    && answers.get(end) instanceof Answer.Refused next
                    && next.reason() == refused.reason()
                    && next.shard().equals(refused.shard())
                    && next.message().equals(refused.message())) {
                end++;
            }
            responses.add(rejected(refused.id(), end - first, refused.shard(), refused.reason(), refused.message()));
            return end;
        }
        if (answer instanceof Answer.Ready ready) {
            responses.add(ready.response());
            return first + 1;
        }
        throw new AssertionError("unhandled: " + answer);
    }

    private boolean follows(int first, int next) {
        return answers.get(next).id() - answers.get(first).id() == next - first;
    }

    private int foldAppends(int first, Answer.Appended appended) {
        int end = first + 1;
        while (end < answers.size()
                && follows(first, end)
                && answers.get(end) instanceof Answer.Appended next
                && next.shard() == appended.shard()
                && continues(appended.outcome(), next.outcome(), end - first)) {
            end++;
        }
        responses.add(run(appended, end - first));
        return end;
    }

    /** True if {@code next}, {@code distance} requests later, belongs to the run that {@code first} began. */
    private static boolean continues(AppendOutcome first, AppendOutcome next, int distance) {
        if (first instanceof Committed a) {
            return next instanceof Committed b
                    && a.missing().isEmpty()
                    && b.missing().isEmpty()
                    && b.lsn().value() - a.lsn().value() == distance
                    && a.result().equals(b.result());
        }
        return first.equals(next);
    }

    private ServerResponse run(Answer.Appended first, int count) {
        AppendOutcome outcome = first.outcome();
        if (outcome instanceof Committed committed) {
            return committed.missing().isEmpty()
                    ? new CommittedRun(first.id(), count, committed.lsn(), committed.result())
                    : new CommittedShort(first.id(), committed.lsn(), committed.result(), committed.missing());
        }
        if (outcome instanceof LeaderDurable durable) {
            return new DurableRun(first.id(), count, durable.epoch(), durable.index());
        }
        if (outcome instanceof Rejected rejected) {
            return rejected(first.id(), count, Optional.of(first.shard()), rejected.reason(), rejected.message());
        }
        if (outcome instanceof Indeterminate indeterminate) {
            return new IndeterminateRun(first.id(), count, indeterminate.message());
        }
        throw new AssertionError("unhandled: " + outcome);
    }

    private int foldResults(int first, Answer.Found found) {
        List<Bytes> values = new ArrayList<>();
        values.add(found.result().value());
        int end = first + 1;
        while (end < answers.size()
                && follows(first, end)
                && answers.get(end) instanceof Answer.Found next
                && next.result().applied().equals(found.result().applied())) {
            values.add(next.result().value());
            end++;
        }
        responses.add(new ResultRun(found.id(), found.result().applied(), values));
        return end;
    }

    private RejectedRun rejected(
            long firstId, int count, Optional<HostedShard> shard, RejectReason reason, String message) {
        boolean elsewhere = reason == RejectReason.NOT_LEADER || reason == RejectReason.UNAVAILABLE;
        Optional<LeaderHint> hint =
                elsewhere ? shard.flatMap(s -> hints.computeIfAbsent(s, AnswerRuns::hint)) : Optional.empty();
        return new RejectedRun(firstId, count, reason, message, hint);
    }

    private static Optional<LeaderHint> hint(HostedShard shard) {
        LogStatus status = shard.status();
        return status.leader()
                .filter(leader -> !leader.equals(status.self()))
                .flatMap(leader -> status.peers().stream()
                        .filter(peer -> peer.id().equals(leader))
                        .findFirst())
                .map(peer -> new LeaderHint(status.epoch(), peer.id(), peer.address()));
    }
}
