package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.Read;

/**
 * An operation that was invoked and waits for its end. Exactly one of the methods is called, once; a second call throws
 * IllegalStateException and records nothing. One that is never ended reads as INFO.
 */
public final class Invocation {
    private final ProcessRecorder process;
    private final String key;
    private final RegisterAction action;

    Invocation(ProcessRecorder process, String key, RegisterAction action) {
        this.process = process;
        this.key = key;
        this.action = action;
    }

    String key() {
        return key;
    }

    /**
     * The write or the compare-and-set took effect.
     *
     * @throws IllegalStateException if this is a read, or it has ended before
     */
    public void ok() {
        if (action instanceof Read) {
            throw new IllegalStateException("a read ends with what it read: " + this);
        }
        process.end(this, EventType.OK, action);
    }

    /**
     * The read was answered.
     *
     * @param value what was read; {@code null} for absent
     * @throws IllegalStateException if this is not a read, or it has ended before
     * @throws IllegalArgumentException if the value is too long for a line; the operation can then end as info
     */
    public void ok(String value) {
        if (!(action instanceof Read)) {
            throw new IllegalStateException("only a read has a value to return: " + this);
        }
        process.end(this, EventType.OK, new Read(value));
    }

    /** It took no effect and never will: rejected before it was logged, or a compare-and-set that did not match. */
    public void fail() {
        process.end(this, EventType.FAIL, action);
    }

    /** Nobody knows whether it took, or will take, effect: a timeout, a lost connection, an Indeterminate. */
    public void info() {
        process.end(this, EventType.INFO, action);
    }

    @Override
    public String toString() {
        return action + " of key " + key;
    }
}
