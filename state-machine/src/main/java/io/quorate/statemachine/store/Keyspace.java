package io.quorate.statemachine.store;

/** The separate key ranges of a state, written atomically together. */
public enum Keyspace {
    /** The application's. */
    USER,
    /** Writer sessions, by u64 writer id. */
    SESSIONS,
    /** Ours: what describes the state, for example the versions agreed on. */
    SYSTEM
}
