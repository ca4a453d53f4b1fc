package io.quorate.statemachine.app;

import io.quorate.wal.log.Bytes;
import java.util.Optional;

/** An ordered map from key to value, to be read. Keys are ordered as unsigned bytes. */
public interface StateView {
    Optional<Bytes> get(Bytes key);

    /**
     * Visits keys from {@code from} (inclusive) to {@code to} (exclusive; empty means to the end) in order, until the visitor
     * answers false.
     */
    void scan(Bytes from, Optional<Bytes> to, Visitor visitor);

    /** Sees one key and its value. */
    @FunctionalInterface
    interface Visitor {
        /** Returns true to go on. */
        boolean visit(Bytes key, Bytes value);
    }
}
