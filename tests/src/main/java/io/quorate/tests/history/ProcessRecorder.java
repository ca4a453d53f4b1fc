package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.Objects;

/**
 * Records the operations of one logical client, one after the other: invoke first, then send, then end the
 * {@link Invocation} with what is known.
 *
 * <p>When an operation ends as INFO the client goes on under a new process number, as in Jepsen, because the old one
 * may still be at work; checkers that insist on it can so read the file. Thread-safe, since answers come on other
 * threads.
 */
public final class ProcessRecorder {
    private final HistoryRecorder recorder;
    private long process;
    private Invocation open;

    ProcessRecorder(HistoryRecorder recorder, long process) {
        this.recorder = recorder;
        this.process = process;
    }

    /**
     * Records that a read is about to be sent.
     *
     * @throws IllegalStateException if an operation of this client is open, or the recorder is closed
     */
    public Invocation read(String key) {
        return invoke(key, new Read(null));
    }

    /**
     * Records that a write is about to be sent.
     *
     * @param value what is written; {@code null} deletes
     * @throws IllegalStateException if an operation of this client is open, or the recorder is closed
     */
    public Invocation write(String key, String value) {
        return invoke(key, new Write(value));
    }

    /**
     * Records that a compare-and-set is about to be sent.
     *
     * @param expected what must be there; {@code null} for absent
     * @param value what is put there; {@code null} deletes
     * @throws IllegalStateException if an operation of this client is open, or the recorder is closed
     */
    public Invocation compareAndSet(String key, String expected, String value) {
        return invoke(key, new CompareAndSet(expected, value));
    }

    private synchronized Invocation invoke(String key, RegisterAction action) {
        Objects.requireNonNull(key, "key");
        if (open != null) {
            throw new IllegalStateException("process " + process + " has an operation open: " + open);
        }
        recorder.record(process, EventType.INVOKE, key, action);
        open = new Invocation(this, key, action);
        return open;
    }

    synchronized void end(Invocation invocation, EventType type, RegisterAction action) {
        if (open != invocation) {
            throw new IllegalStateException("process " + process + " has ended this operation before: " + invocation);
        }
        recorder.record(process, type, invocation.key(), action);
        open = null;
        if (type == EventType.INFO) {
            process = recorder.newProcessId();
        }
    }
}
