package io.quorate.statemachine.client;

import java.util.Optional;
import java.util.concurrent.Future;

/** Wakes a shard's core when it asked for it. Set again with every step, so moving the time back costs nothing. */
final class WakeTimer {
    private final ClientLoop loop;
    private final Runnable action;
    private Optional<Future<?>> armed = Optional.empty();
    private long atNanos;

    WakeTimer(ClientLoop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /** Wakes at a time or earlier. */
    void wakeAt(long nanos) {
        if (armed.isPresent() && atNanos - nanos <= 0) {
            return;
        }
        armed.ifPresent(later -> later.cancel(false));
        atNanos = nanos;
        armed = Optional.of(loop.schedule(this::fire, Math.max(0, nanos - loop.now())));
    }

    /** Wakes no more until it is set again. */
    void stop() {
        armed.ifPresent(later -> later.cancel(false));
        armed = Optional.empty();
    }

    private void fire() {
        armed = Optional.empty();
        loop.turn(action);
    }
}
