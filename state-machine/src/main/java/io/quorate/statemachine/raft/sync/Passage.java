package io.quorate.statemachine.raft.sync;

/** What a request holds while it is taken. */
@FunctionalInterface
interface Passage {
    /** Holds nothing. */
    Passage FREE = () -> {};

    /** Gives it up; by the thread that took it. */
    void close();
}
