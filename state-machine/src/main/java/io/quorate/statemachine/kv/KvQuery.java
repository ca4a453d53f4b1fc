package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.Objects;
import java.util.Optional;

/**
 * A question.
 *
 * <p>Encoded, big-endian, after u8 version 1 and u8 kind:
 *
 * <pre>
 * 1 get    key
 * 2 range  u32 limit, u16 length, first key, u8 1 if there is an end, [end]
 * </pre>
 */
public sealed interface KvQuery {
    /** Entries of one answer. */
    int MAX_LIMIT = 10_000;

    /** Answered with {@link KvResult.Found}. */
    record Get(Bytes key) implements KvQuery {
        public Get {
            KvKeys.check(key);
        }
    }

    /**
     * Entries in key order, answered with a {@link KvResult.Page} of at most {@link KvResult#MAX_PAGE_BYTES} bytes.
     *
     * @param from first key wanted; empty bytes: from the beginning
     * @param to first key not wanted; empty: to the end
     * @param limit entries wanted at most, 1 to {@link #MAX_LIMIT}
     */
    record Range(Bytes from, Optional<Bytes> to, int limit) implements KvQuery {
        public Range {
            if (from.length() > KvKeys.MAX_BYTES) {
                throw new IllegalArgumentException("range from a key of " + from.length() + " bytes");
            }
            Objects.requireNonNull(to, "to");
            to.ifPresent(KvKeys::check);
            if (limit < 1 || limit > MAX_LIMIT) {
                throw new IllegalArgumentException("limit " + limit + " is not 1 to " + MAX_LIMIT);
            }
        }

        /**
         * The same with another most number of entries in an answer.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Range withLimit(int newLimit) {
            return new Range(from, to, newLimit);
        }

        /** The rest of this range, from the key that a page ended before. */
        public Range continueAt(Bytes key) {
            return new Range(key, to, limit);
        }
    }

    static Get get(Bytes key) {
        return new Get(key);
    }

    /** Keys from {@code from} to before {@code to}. */
    static Range range(Bytes from, Bytes to) {
        return new Range(from, Optional.of(to), MAX_LIMIT);
    }

    /** All keys that begin with the prefix; all keys at all if it is empty. */
    static Range prefix(Bytes prefix) {
        return new Range(prefix, KvKeys.endOfPrefix(prefix), MAX_LIMIT);
    }

    default Bytes encode() {
        return KvQueryCodec.encode(this);
    }

    /** @throws CorruptFormatException if the bytes are no query of a known version */
    static KvQuery decode(Bytes bytes) {
        return KvQueryCodec.decode(bytes);
    }
}
