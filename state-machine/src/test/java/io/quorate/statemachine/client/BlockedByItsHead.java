package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.ShardAction;
import io.quorate.statemachine.client.core.ShardCore;
import io.quorate.statemachine.client.core.ShardEvent;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.RejectReason;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A planted fault, which the client once had: one queue for what is to be sent again and for what comes back from an expired session.
 * While the window is full, one of the latter at its head keeps all others from being sent, whose answers alone would make room.
 */
final class BlockedByItsHead extends SimulatedCore {
    /** Writer of the latest session that something was sent in. */
    private long writer;
    /** Sent in the open session and not answered for good. */
    private final Set<Append> inSession = new LinkedHashSet<>();
    /** Of a former session, certainly not logged. */
    private final Set<Append> heads = new HashSet<>();

    BlockedByItsHead(ShardCore core, int window) {
        super(core, window);
    }

    @Override
    List<ShardAction> step(long nowNanos, ShardEvent event) {
        if (event instanceof ShardEvent.Ready && isBlocked()) {
            return List.of();
        }
        if (event instanceof ShardEvent.AppendsAnswered answered) {
            for (int i = 0; i < answered.appends().size(); i++) {
                note(answered.appends().get(i), answered.outcomes().get(i));
            }
        }
        List<ShardAction> actions = super.step(nowNanos, event);
        actions.forEach(this::note);
        return actions;
    }

    private boolean isBlocked() {
        return !heads.isEmpty() && inSession.size() >= window();
    }

    private void note(Append append, AppendOutcome outcome) {
        boolean expired = outcome instanceof Rejected r && r.reason() == RejectReason.SESSION_EXPIRED;
        if (expired && append.kind() == EntryKind.USER && append.record().writer() < writer) {
            heads.add(append);
        }
    }

    private void note(ShardAction action) {
        if (action instanceof ShardAction.Send send) {
            send.appends().stream()
                    .filter(append -> append.kind() == EntryKind.USER)
                    .forEach(this::sent);
        } else if (action instanceof ShardAction.Finish finish) {
            finish.appends().forEach(append -> {
                heads.remove(append);
                inSession.remove(append);
            });
        }
    }

    private void sent(Append append) {
        if (append.record().writer() > writer) {
            writer = append.record().writer();
            inSession.clear();
        }
        heads.remove(append);
        inSession.add(append);
    }
}
