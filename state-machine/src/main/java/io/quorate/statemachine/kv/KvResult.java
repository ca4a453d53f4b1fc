package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the application answers to commands and queries.
 *
 * <p>Encoded as no bytes at all for {@link Done}, so that it costs a writer session nothing to remember; otherwise, big-endian, after
 * u8 version 1 and u8 kind, with an entry as u16 key length, key, u64 version, u32 length, value:
 *
 * <pre>
 * 1 failed  u16 condition, u8 1 if there is an entry, [entry]
 * 2 found   u8 1 if there is an entry, [entry]
 * 3 page    u32 entries, entries, u8 1 if there is more, [next key]
 * </pre>
 */
public sealed interface KvResult {
    /** Bytes of keys and values in one page; exceeded only by a page of one entry. */
    int MAX_PAGE_BYTES = 1 << 20;

    /** The command was carried out. */
    record Done() implements KvResult {}

    /**
     * A condition did not hold, and nothing was written.
     *
     * @param condition index of the first one that did not, from 0
     * @param actual what its key really held
     */
    record Failed(int condition, Optional<KvEntry> actual) implements KvResult {
        public Failed {
            if (condition < 0 || condition >= KvCommand.MAX_PARTS) {
                throw new IllegalArgumentException("condition " + condition);
            }
            Objects.requireNonNull(actual, "actual");
        }
    }

    /** Answer to a {@link KvQuery.Get}. */
    record Found(Optional<KvEntry> entry) implements KvResult {
        public Found {
            Objects.requireNonNull(entry, "entry");
        }
    }

    /**
     * Answer to a {@link KvQuery.Range}.
     *
     * @param entries in key order
     * @param next key to {@linkplain KvQuery.Range#continueAt continue at}; empty if nothing of the range is left
     */
    record Page(List<KvEntry> entries, Optional<Bytes> next) implements KvResult {
        public Page {
            entries = List.copyOf(entries);
            next.ifPresent(KvKeys::check);
        }
    }

    Done DONE = new Done();

    default Bytes encode() {
        return KvResultCodec.encode(this);
    }

    /** @throws CorruptFormatException if the bytes are no result of a known version */
    static KvResult decode(Bytes bytes) {
        return KvResultCodec.decode(bytes);
    }
}
