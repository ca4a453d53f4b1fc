package io.quorate.statemachine.kv;

import io.quorate.statemachine.kv.KvQuery.Get;
import io.quorate.statemachine.kv.KvQuery.Range;
import io.quorate.wal.log.Bytes;
import java.util.Optional;

/** Queries to bytes and back; the format is drawn at {@link KvQuery}. */
final class KvQueryCodec {
    private static final int GET = 1;
    private static final int RANGE = 2;

    private KvQueryCodec() {}

    static Bytes encode(KvQuery query) {
        if (query instanceof Get get) {
            return new KvWriter(GET, get.key().length()).raw(get.key()).finish();
        }
        if (query instanceof Range range) {
            Bytes to = range.to().orElse(Bytes.EMPTY);
            return new KvWriter(RANGE, 7 + range.from().length() + to.length())
                    .i32(range.limit())
                    .key(range.from())
                    .flag(range.to().isPresent())
                    .raw(to)
                    .finish();
        }
        throw new AssertionError("unhandled: " + query);
    }

    static KvQuery decode(Bytes bytes) {
        KvReader in = new KvReader("key-value query", bytes);
        int kind = in.u8();
        try {
            if (kind == GET) {
                return new Get(in.rest());
            }
            if (kind == RANGE) {
                int limit = in.i32();
                Bytes from = in.key();
                Optional<Bytes> to = in.flag() ? Optional.of(in.rest()) : Optional.empty();
                in.end();
                return new Range(from, to, limit);
            }
        } catch (IllegalArgumentException e) {
            throw in.contradiction(e);
        }
        throw in.unknownKind(kind);
    }
}
