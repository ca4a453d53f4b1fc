package io.quorate.statemachine.kv;

import io.quorate.statemachine.kv.KvCommand.Delete;
import io.quorate.statemachine.kv.KvCommand.Put;
import io.quorate.statemachine.kv.KvCommand.Transaction;
import io.quorate.statemachine.kv.KvCommand.Write;
import io.quorate.statemachine.kv.KvCondition.Absent;
import io.quorate.statemachine.kv.KvCondition.Present;
import io.quorate.statemachine.kv.KvCondition.ValueIs;
import io.quorate.statemachine.kv.KvCondition.VersionIs;
import io.quorate.wal.log.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Commands to bytes and back; the format is drawn at {@link KvCommand}. */
final class KvCommandCodec {
    private static final int PUT = 1;
    private static final int DELETE = 2;
    private static final int TRANSACTION = 3;
    private static final int VALUE_IS = 1;
    private static final int VERSION_IS = 2;
    private static final int PRESENT = 3;
    private static final int ABSENT = 4;
    /** The least that a condition or write takes: kind, key length, one byte of key. */
    private static final int LEAST_PART_BYTES = 4;

    private KvCommandCodec() {}

    static Bytes encode(KvCommand command) {
        if (command instanceof Put put) {
            int size = 2 + put.key().length() + put.value().length();
            return new KvWriter(PUT, size).key(put.key()).raw(put.value()).finish();
        }
        if (command instanceof Delete delete) {
            return new KvWriter(DELETE, delete.key().length()).raw(delete.key()).finish();
        }
        if (command instanceof Transaction transaction) {
            return encode(transaction);
        }
        throw new AssertionError("unhandled: " + command);
    }

    private static Bytes encode(Transaction transaction) {
        int size = 4;
        for (KvCondition condition : transaction.conditions()) {
            size = Math.addExact(size, 3 + condition.key().length() + detailBytes(condition));
        }
        for (Write write : transaction.writes()) {
            size = Math.addExact(size, 3 + write.key().length());
            size = write instanceof Put put
                    ? Math.addExact(size, 4 + put.value().length())
                    : size;
        }
        KvWriter out = new KvWriter(TRANSACTION, size);
        out.u16(transaction.conditions().size()).u16(transaction.writes().size());
        transaction.conditions().forEach(condition -> encode(condition, out));
        for (Write write : transaction.writes()) {
            out.u8(write instanceof Put ? PUT : DELETE).key(write.key());
            if (write instanceof Put put) {
                out.value(put.value());
            }
        }
        return out.finish();
    }

    private static int detailBytes(KvCondition condition) {
        if (condition instanceof ValueIs is) {
            return 4 + is.value().length();
        }
        return condition instanceof VersionIs ? Long.BYTES : 0;
    }

    private static void encode(KvCondition condition, KvWriter out) {
        if (condition instanceof ValueIs is) {
            out.u8(VALUE_IS).key(is.key()).value(is.value());
        } else if (condition instanceof VersionIs is) {
            out.u8(VERSION_IS).key(is.key()).i64(is.version());
        } else if (condition instanceof Present present) {
            out.u8(PRESENT).key(present.key());
        } else if (condition instanceof Absent absent) {
            out.u8(ABSENT).key(absent.key());
        } else {
            throw new AssertionError("unhandled: " + condition);
        }
    }

    static KvCommand decode(Bytes bytes) {
        KvReader in = new KvReader("key-value command", bytes);
        int kind = in.u8();
        try {
            return switch (kind) {
                case PUT -> new Put(in.key(), in.rest());
                case DELETE -> new Delete(in.rest());
                case TRANSACTION -> decodeTransaction(in);
                default -> throw in.unknownKind(kind);
            };
        } catch (IllegalArgumentException e) {
            throw in.contradiction(e);
        }
    }

    private static Transaction decodeTransaction(KvReader in) {
        int conditionCount = in.u16();
        int writeCount = in.u16();
        int atMost = in.left() / LEAST_PART_BYTES;
        List<KvCondition> conditions = new ArrayList<>(Math.min(conditionCount, atMost));
        for (int i = 0; i < conditionCount; i++) {
            conditions.add(decodeCondition(in));
        }
        List<Write> writes = new ArrayList<>(Math.min(writeCount, atMost));
        for (int i = 0; i < writeCount; i++) {
            int kind = in.u8();
            if (kind == PUT) {
                writes.add(new Put(in.key(), in.value()));
            } else if (kind == DELETE) {
                writes.add(new Delete(in.key()));
            } else {
                throw in.unknownKind(kind);
            }
        }
        in.end();
        return new Transaction(conditions, writes);
    }

    private static KvCondition decodeCondition(KvReader in) {
        int kind = in.u8();
        return switch (kind) {
            case VALUE_IS -> new ValueIs(in.key(), in.value());
            case VERSION_IS -> new VersionIs(in.key(), in.i64());
            case PRESENT -> new Present(in.key());
            case ABSENT -> new Absent(in.key());
            default -> throw in.unknownKind(kind);
        };
    }
}
