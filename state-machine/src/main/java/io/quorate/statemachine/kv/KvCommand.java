package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A change. Keys have 1 to 65,535 bytes; the size of values is limited by the shard's record size only.
 *
 * <p>Encoded, big-endian, after u8 version 1 and u8 kind:
 *
 * <pre>
 * 1 put          u16 key length, key, value
 * 2 delete       key
 * 3 transaction  u16 conditions, u16 writes, then
 *                conditions: u8 kind, u16 key length, key; then by kind
 *                  1 value is: u32 length, value   2 version is: u64   3 present   4 absent
 *                writes: u8 kind, u16 key length, key; then by kind
 *                  1 put: u32 length, value        2 delete
 * </pre>
 */
public sealed interface KvCommand {
    /** Conditions or writes of one transaction. */
    int MAX_PARTS = 0xffff;

    /** A change of one key without a condition. */
    sealed interface Write extends KvCommand {
        Bytes key();
    }

    /** Sets a key, whatever it was before. Answered with {@link KvResult.Done}. */
    record Put(Bytes key, Bytes value) implements Write {
        public Put {
            KvKeys.check(key);
            Objects.requireNonNull(value, "value");
        }
    }

    /** Removes a key; nothing happens if it is absent. Answered with {@link KvResult.Done}. */
    record Delete(Bytes key) implements Write {
        public Delete {
            KvKeys.check(key);
        }
    }

    /**
     * Does all writes, in order, if all conditions hold, and nothing otherwise. Answered with {@link KvResult.Done} or with {@link
     * KvResult.Failed} for the first condition that does not hold.
     *
     * @param conditions at most 65,535; seen before any of the writes
     * @param writes at most 65,535
     */
    record Transaction(List<KvCondition> conditions, List<Write> writes) implements KvCommand {
        public Transaction {
            conditions = List.copyOf(conditions);
            writes = List.copyOf(writes);
            if (conditions.size() > MAX_PARTS || writes.size() > MAX_PARTS) {
                throw new IllegalArgumentException("transaction of " + conditions.size() + " conditions and "
                        + writes.size() + " writes; at most " + MAX_PARTS + " of each");
            }
        }
    }

    static Put put(Bytes key, Bytes value) {
        return new Put(key, value);
    }

    static Delete delete(Bytes key) {
        return new Delete(key);
    }

    /**
     * Sets or removes a key if it is as expected. Where it is not, the answer is {@link KvResult.Failed} with the actual value.
     *
     * @param expected value that the key must have; empty: it must be absent
     * @param update value to set; empty: remove the key
     */
    static Transaction compareAndSet(Bytes key, Optional<Bytes> expected, Optional<Bytes> update) {
        KvCondition condition =
                expected.isPresent() ? new KvCondition.ValueIs(key, expected.get()) : new KvCondition.Absent(key);
        return new Transaction(List.of(condition), List.of(update.isPresent() ? put(key, update.get()) : delete(key)));
    }

    /** Begins a transaction. */
    static TransactionBuilder transaction() {
        return new TransactionBuilder();
    }

    default Bytes encode() {
        return KvCommandCodec.encode(this);
    }

    /** @throws CorruptFormatException if the bytes are no command of a known version */
    static KvCommand decode(Bytes bytes) {
        return KvCommandCodec.decode(bytes);
    }

    /** Gathers conditions and writes. Not thread-safe. */
    final class TransactionBuilder {
        private final List<KvCondition> conditions = new ArrayList<>();
        private final List<Write> writes = new ArrayList<>();

        private TransactionBuilder() {}

        /** Only if the key has this value. */
        public TransactionBuilder ifValueIs(Bytes key, Bytes value) {
            return when(new KvCondition.ValueIs(key, value));
        }

        /** Only if the key was written last at this version, which is the LSN of that entry. */
        public TransactionBuilder ifVersionIs(Bytes key, long version) {
            return when(new KvCondition.VersionIs(key, version));
        }

        /** Only if there is a value. */
        public TransactionBuilder ifPresent(Bytes key) {
            return when(new KvCondition.Present(key));
        }

        /** Only if there is none. */
        public TransactionBuilder ifAbsent(Bytes key) {
            return when(new KvCondition.Absent(key));
        }

        /** Only if a condition holds, as all others must. */
        public TransactionBuilder when(KvCondition condition) {
            conditions.add(condition);
            return this;
        }

        /** Then puts a value; writes take effect in their order. */
        public TransactionBuilder put(Bytes key, Bytes value) {
            writes.add(new Put(key, value));
            return this;
        }

        /** Then removes a key, if it is there. */
        public TransactionBuilder delete(Bytes key) {
            writes.add(new Delete(key));
            return this;
        }

        /** @throws IllegalArgumentException if there are too many conditions or writes, or a key is not allowed */
        public Transaction build() {
            return new Transaction(conditions, writes);
        }
    }
}
