package io.quorate.tests.history;

/**
 * What an operation does with the register that stands under one key.
 *
 * <p>A value is any string; {@code null} means that the key is absent, both for what is expected or read and for what
 * is written (a write of {@code null} is a delete).
 */
public sealed interface RegisterAction permits RegisterAction.Read, RegisterAction.Write, RegisterAction.CompareAndSet {

    /** The name of the action in a history file, field {@code f}. */
    String functionName();

    /**
     * Reads the register.
     *
     * @param value what was read; {@code null} for absent, and on every read that has no answer
     */
    record Read(String value) implements RegisterAction {
        @Override
        public String functionName() {
            return "read";
        }
    }

    /**
     * Sets the register whatever it holds.
     *
     * @param value what it holds afterwards; {@code null} for absent
     */
    record Write(String value) implements RegisterAction {
        @Override
        public String functionName() {
            return "write";
        }
    }

    /**
     * Sets the register if it holds what is expected. It ends OK only if it did set it; a mismatch is a FAIL.
     *
     * @param expected what it must hold; {@code null} for absent
     * @param value what it holds afterwards; {@code null} for absent
     */
    record CompareAndSet(String expected, String value) implements RegisterAction {
        @Override
        public String functionName() {
            return "cas";
        }
    }
}
