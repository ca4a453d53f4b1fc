package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.ShardAction;
import io.quorate.statemachine.client.core.ShardCore;
import io.quorate.statemachine.client.core.ShardEvent;
import java.util.List;

/** What a simulation steps: the real core, or one with a planted fault before it. */
interface SimulatedCore {
    List<ShardAction> step(long nowNanos, ShardEvent event);

    List<String> wantsToSendTo(long nowNanos);

    long wakeAtNanos(long nowNanos);

    /** Sequences that a session may have between its oldest unanswered append and its newest. */
    int window();

    static SimulatedCore of(ShardCore core, int window) {
        return new SimulatedCore() {
            @Override
            public List<ShardAction> step(long nowNanos, ShardEvent event) {
                return core.step(nowNanos, event);
            }

            @Override
            public List<String> wantsToSendTo(long nowNanos) {
                return core.wantsToSendTo(nowNanos);
            }

            @Override
            public long wakeAtNanos(long nowNanos) {
                return core.wakeAtNanos(nowNanos);
            }

            @Override
            public int window() {
                return window;
            }
        };
    }
}
