package io.quorate.statemachine.kv;

import io.quorate.statemachine.kv.KvResult.Done;
import io.quorate.statemachine.kv.KvResult.Failed;
import io.quorate.statemachine.kv.KvResult.Found;
import io.quorate.statemachine.kv.KvResult.Page;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Results to bytes and back; the format is drawn at {@link KvResult}. */
final class KvResultCodec {
    private static final int FAILED = 1;
    private static final int FOUND = 2;
    private static final int PAGE = 3;
    private static final int LEAST_ENTRY_BYTES = 2 + 1 + Long.BYTES + 4;

    private KvResultCodec() {}

    static Bytes encode(KvResult result) {
        if (result instanceof Done) {
            return Bytes.EMPTY;
        }
        if (result instanceof Failed failed) {
            KvWriter out = new KvWriter(FAILED, 3 + bytes(failed.actual()));
            return optional(failed.actual(), out.u16(failed.condition())).finish();
        }
        if (result instanceof Found found) {
            return optional(found.entry(), new KvWriter(FOUND, 1 + bytes(found.entry())))
                    .finish();
        }
        if (result instanceof Page page) {
            return encode(page);
        }
        throw new AssertionError("unhandled: " + result);
    }

    private static Bytes encode(Page page) {
        Bytes next = page.next().orElse(Bytes.EMPTY);
        int size = Math.addExact(5, next.length());
        for (KvEntry entry : page.entries()) {
            size = Math.addExact(size, bytes(entry));
        }
        KvWriter out = new KvWriter(PAGE, size).i32(page.entries().size());
        page.entries().forEach(entry -> entry(entry, out));
        return out.flag(page.next().isPresent()).raw(next).finish();
    }

    private static int bytes(KvEntry entry) {
        return Math.addExact(
                LEAST_ENTRY_BYTES - 1 + entry.key().length(), entry.value().length());
    }

    private static int bytes(Optional<KvEntry> entry) {
        return entry.isPresent() ? bytes(entry.get()) : 0;
    }

    private static KvWriter optional(Optional<KvEntry> entry, KvWriter out) {
        out.flag(entry.isPresent());
        entry.ifPresent(present -> entry(present, out));
        return out;
    }

    private static void entry(KvEntry entry, KvWriter out) {
        out.key(entry.key()).i64(entry.version()).value(entry.value());
    }

    static KvResult decode(Bytes bytes) {
        if (bytes.isEmpty()) {
            return KvResult.DONE;
        }
        KvReader in = new KvReader("key-value result", bytes);
        int kind = in.u8();
        try {
            KvResult result =
                    switch (kind) {
                        case FAILED -> new Failed(in.u16(), decodeOptional(in));
                        case FOUND -> new Found(decodeOptional(in));
                        case PAGE -> decodePage(in);
                        default -> throw in.unknownKind(kind);
                    };
            in.end();
            return result;
        } catch (IllegalArgumentException e) {
            throw in.contradiction(e);
        }
    }

    private static Page decodePage(KvReader in) {
        int count = in.i32();
        if (count < 0 || count > in.left() / LEAST_ENTRY_BYTES) {
            throw new CorruptFormatException("key-value page of " + count + " entries in " + in.left() + " bytes");
        }
        List<KvEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(decodeEntry(in));
        }
        return new Page(entries, in.flag() ? Optional.of(in.rest()) : Optional.empty());
    }

    private static Optional<KvEntry> decodeOptional(KvReader in) {
        return in.flag() ? Optional.of(decodeEntry(in)) : Optional.empty();
    }

    private static KvEntry decodeEntry(KvReader in) {
        Bytes key = in.key();
        long version = in.i64();
        return new KvEntry(key, in.value(), version);
    }
}
