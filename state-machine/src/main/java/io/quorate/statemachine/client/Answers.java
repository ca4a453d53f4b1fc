package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.Query;
import io.quorate.statemachine.client.core.ReadAnswer;
import io.quorate.statemachine.client.core.ShardEvent;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.wire.LeaderHint;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.ServerResponse.CommittedRun;
import io.quorate.statemachine.wire.ServerResponse.CommittedShort;
import io.quorate.statemachine.wire.ServerResponse.DurableRun;
import io.quorate.statemachine.wire.ServerResponse.IndeterminateRun;
import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.statemachine.wire.ServerResponse.RejectedRun;
import io.quorate.statemachine.wire.ServerResponse.ResultRun;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Turns answers from the wire into events of the shards that asked. */
final class Answers {
    private Answers() {}

    /** @throws CorruptFormatException if the answer does not fit the request */
    static void deliver(ServerResponse response, String address, InFlight inFlight) {
        if (response instanceof CommittedRun run) {
            inFlight.answer(run.firstId(), run.count(), (answered, at) -> committed(run, address, answered, at));
        } else if (response instanceof ResultRun run) {
            inFlight.answer(run.firstId(), run.values().size(), (answered, at) -> results(run, address, answered, at));
        } else if (response instanceof RejectedRun run) {
            inFlight.answer(run.firstId(), run.count(), (answered, at) -> rejected(run, address, answered));
        } else if (response instanceof DurableRun run) {
            AppendOutcome outcome = new LeaderDurable(run.epoch(), run.index());
            inFlight.answer(run.firstId(), run.count(), (answered, at) -> same(outcome, address, answered));
        } else if (response instanceof IndeterminateRun run) {
            AppendOutcome outcome = new Indeterminate(run.message());
            inFlight.answer(run.firstId(), run.count(), (answered, at) -> same(outcome, address, answered));
        } else if (response instanceof CommittedShort one) {
            AppendOutcome outcome = new Committed(one.lsn(), compact(one.result()), one.missing());
            inFlight.answer(one.id(), 1, (answered, at) -> same(outcome, address, answered));
        } else if (response instanceof Location location) {
            inFlight.answer(location.id(), 1, (answered, at) -> {
                check(!answered.isAppends() && !answered.isQueries(), response);
                answered.shard().step(new ShardEvent.Located(address, location));
            });
        } else {
            throw new CorruptFormatException("unexpected " + response);
        }
    }

    private static void check(boolean fits, ServerResponse response) {
        if (!fits) {
            throw new CorruptFormatException("answer does not fit its request: " + response);
        }
    }

    private static void committed(CommittedRun run, String address, InFlight.Answered answered, int at) {
        check(answered.isAppends(), run);
        List<Append> appends = answered.appends();
        List<AppendOutcome> outcomes = new ArrayList<>(appends.size());
        long lsn = run.firstLsn().value() + at;
        ApplyResult result = compact(run.result());
        for (int i = 0; i < appends.size(); i++) {
            outcomes.add(new Committed(new Lsn(lsn + i), result));
        }
        answered.shard().step(new ShardEvent.AppendsAnswered(address, appends, outcomes, Optional.empty()));
    }

    /** With bytes of its own, so that it does not keep the whole message alive. */
    private static ApplyResult compact(ApplyResult result) {
        return result.value().isEmpty()
                ? result
                : new ApplyResult(result.refused(), result.value().compact());
    }

    private static void same(AppendOutcome outcome, String address, InFlight.Answered answered) {
        if (!answered.isAppends()) {
            throw new CorruptFormatException("request that is no append is answered by " + outcome);
        }
        appends(outcome, address, answered, Optional.empty());
    }

    private static void appends(
            AppendOutcome outcome, String address, InFlight.Answered answered, Optional<LeaderHint> hint) {
        List<AppendOutcome> outcomes = Collections.nCopies(answered.appends().size(), outcome);
        answered.shard().step(new ShardEvent.AppendsAnswered(address, answered.appends(), outcomes, hint));
    }

    private static void rejected(RejectedRun run, String address, InFlight.Answered answered) {
        if (answered.isAppends()) {
            appends(new Rejected(run.reason(), run.message()), address, answered, run.hint());
        } else if (answered.isQueries()) {
            ReadAnswer refused = new ReadAnswer.Refused(run.reason(), run.message());
            List<Query> queries = answered.queries();
            answered.shard()
                    .step(new ShardEvent.QueriesAnswered(
                            address, queries, Collections.nCopies(queries.size(), refused), run.hint()));
        } else {
            answered.shard().step(new ShardEvent.LocateRefused(address, new Rejected(run.reason(), run.message())));
        }
    }

    private static void results(ResultRun run, String address, InFlight.Answered answered, int at) {
        check(answered.isQueries(), run);
        List<Query> queries = answered.queries();
        List<ReadAnswer> answers = new ArrayList<>(queries.size());
        for (int i = 0; i < queries.size(); i++) {
            answers.add(new ReadAnswer.Found(
                    new QueryResult(run.applied(), run.values().get(at + i).compact())));
        }
        answered.shard().step(new ShardEvent.QueriesAnswered(address, queries, answers, Optional.empty()));
    }
}
