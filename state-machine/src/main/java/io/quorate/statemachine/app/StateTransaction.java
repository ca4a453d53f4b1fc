package io.quorate.statemachine.app;

import io.quorate.wal.log.Bytes;

/** What an apply function reads and writes; reads see the writes made before them. Valid during the call only. */
public interface StateTransaction extends StateView {
    /**
     * The version of the apply function that the log agreed on for this entry: do as that version does, whatever this build
     * could do. One of {@link Application#oldestVersion} to {@link Application#version}.
     */
    int applyVersion();

    void put(Bytes key, Bytes value);

    /** Removes a key; a no-op if it is absent. */
    void delete(Bytes key);
}
