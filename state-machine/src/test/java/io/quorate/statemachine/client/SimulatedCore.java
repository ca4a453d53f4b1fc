package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.ShardAction;
import io.quorate.statemachine.client.core.ShardCore;
import io.quorate.statemachine.client.core.ShardEvent;
import java.util.List;

/** What a simulation steps: the real core; or, extended, one with a planted fault before it. */
class SimulatedCore {
    private final ShardCore core;
    private final int window;

    /** @param window sequences that a session may have between its oldest unanswered append and its newest */
    SimulatedCore(ShardCore core, int window) {
        this.core = core;
        this.window = window;
    }

    List<ShardAction> step(long nowNanos, ShardEvent event) {
        return core.step(nowNanos, event);
    }

    final List<String> wantsToSendTo(long nowNanos) {
        return core.wantsToSendTo(nowNanos);
    }

    final long wakeAtNanos(long nowNanos) {
        return core.wakeAtNanos(nowNanos);
    }

    final int window() {
        return window;
    }
}
