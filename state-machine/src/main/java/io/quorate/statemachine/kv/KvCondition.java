package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import java.util.Objects;
import java.util.Optional;

/** What must hold of a key for a transaction to write. Keys have 1 to 65,535 bytes. */
public sealed interface KvCondition {
    Bytes key();

    /** True if it holds of what is stored under its key, if anything is. */
    boolean holds(Optional<KvEntry> stored);

    /** The key has exactly this value. */
    record ValueIs(Bytes key, Bytes value) implements KvCondition {
        public ValueIs {
            KvKeys.check(key);
            Objects.requireNonNull(value, "value");
        }

        @Override
        public boolean holds(Optional<KvEntry> stored) {
            return stored.isPresent() && stored.get().value().equals(value);
        }
    }

    /**
     * The key was last written at this LSN, so it has not changed since it was read.
     *
     * @param version from 1
     */
    record VersionIs(Bytes key, long version) implements KvCondition {
        public VersionIs {
            KvKeys.check(key);
            if (version < 1) {
                throw new IllegalArgumentException("version < 1: " + version);
            }
        }

        @Override
        public boolean holds(Optional<KvEntry> stored) {
            return stored.isPresent() && stored.get().version() == version;
        }
    }

    /** The key has a value. */
    record Present(Bytes key) implements KvCondition {
        public Present {
            KvKeys.check(key);
        }

        @Override
        public boolean holds(Optional<KvEntry> stored) {
            return stored.isPresent();
        }
    }

    /** The key has no value. */
    record Absent(Bytes key) implements KvCondition {
        public Absent {
            KvKeys.check(key);
        }

        @Override
        public boolean holds(Optional<KvEntry> stored) {
            return stored.isEmpty();
        }
    }
}
