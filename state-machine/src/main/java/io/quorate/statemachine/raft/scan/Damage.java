package io.quorate.statemachine.raft.scan;

import java.util.Objects;

/**
 * One finding that forbids opening the log.
 *
 * @param file name inside the group's {@code current} directory
 * @param offset byte offset in the file, from 0
 * @param detail what was found, with values
 */
public record Damage(DamageKind kind, String file, long offset, String detail) {
    public Damage {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(detail, "detail");
        if (offset < 0) {
            throw new IllegalArgumentException("offset < 0: " + offset);
        }
    }

    @Override
    public String toString() {
        return kind + " in " + file + " at offset " + offset + ": " + detail;
    }
}
