package io.quorate.statemachine.service;

import io.quorate.statemachine.host.AppendListener;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.wire.ClientRequest.AppendGroup;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import java.util.function.Consumer;

/** Waits for the outcomes of a group of appends, and passes each on once. */
final class AppendAnswers implements AppendListener {
    private final ServedShards served;
    private final HostedShard shard;
    private final AppendGroup group;
    private final Consumer<Answer> answers;
    private final boolean[] answered;

    AppendAnswers(ServedShards served, HostedShard shard, AppendGroup group, Consumer<Answer> answers) {
        this.served = served;
        this.shard = shard;
        this.group = group;
        this.answers = answers;
        this.answered = new boolean[group.records().size()];
    }

    @Override
    public void completed(int position, AppendOutcome outcome) {
        if (!isFirst(position)) {
            throw new IllegalStateException("append " + position + " of a group is answered twice, now by " + outcome);
        }
        int credit = group.records().get(position).length();
        served.giveRoomBack(credit);
        answers.accept(new Answer.Appended(group.firstId() + position, credit, shard, outcome));
    }

    private synchronized boolean isFirst(int position) {
        boolean first = !answered[position];
        answered[position] = true;
        return first;
    }

    /** The shard broke its contract: nothing is known of what it has not answered. */
    void failed(RuntimeException bug) {
        for (int position = 0; position < answered.length; position++) {
            if (isUnanswered(position)) {
                completed(position, new Indeterminate("internal error: " + bug));
            }
        }
    }

    private synchronized boolean isUnanswered(int position) {
        return !answered[position];
    }
}
