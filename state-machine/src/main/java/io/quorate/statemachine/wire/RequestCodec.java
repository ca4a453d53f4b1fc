package io.quorate.statemachine.wire;

import io.quorate.statemachine.wire.ClientRequest.AppendGroup;
import io.quorate.statemachine.wire.ClientRequest.Hello;
import io.quorate.statemachine.wire.ClientRequest.Locate;
import io.quorate.statemachine.wire.ClientRequest.Ping;
import io.quorate.statemachine.wire.ClientRequest.QueryGroup;
import io.quorate.topology.ClusterId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Messages from client to node.
 *
 * <pre>
 * frame    u8 type, then
 * hello    u16 protocol, 16 cluster (nil for any)
 * appends  u64 first id, text shard, 16 life (nil for any), u8 concern, u32 n, u32 timeout ms, u32 records, u32 bytes of records
 * queries  u64 first id, text shard, u8 consistency, u64 nanoseconds or LSN, u32 timeout ms, u32 queries,
 *          then u32 length and bytes each
 * locate   u64 id, text shard
 * ping     u64 id
 * text     u16 length, UTF-8
 * </pre>
 *
 * <p>Records of all groups follow the frames, in order.
 */
public final class RequestCodec {
    private static final UUID NIL = new UUID(0, 0);

    private static final int HELLO = 1;
    private static final int APPENDS = 2;
    private static final int QUERIES = 3;
    private static final int LOCATE = 4;
    private static final int PING = 5;

    private static final int ONE = 0;
    private static final int MAJORITY = 1;
    private static final int ALL = 2;
    private static final int QUORUM = 3;

    private static final int LINEARIZABLE = 0;
    private static final int BOUNDED = 1;
    private static final int SESSION = 2;
    private static final int EVENTUAL = 3;

    private RequestCodec() {}

    /** @throws IllegalArgumentException if the message would exceed 2 GiB */
    public static WireMessage encode(List<ClientRequest> requests) {
        FrameWriter out = Envelope.begin(Envelope.REQUESTS, 64 * requests.size() + 32);
        List<Bytes> records = new ArrayList<>();
        for (ClientRequest request : requests) {
            encode(request, out, records);
        }
        return Envelope.end(out, requests.size(), records);
    }

    private static void encode(ClientRequest request, FrameWriter out, List<Bytes> records) {
        if (request instanceof AppendGroup group) {
            encodeAppends(group, out, records);
        } else if (request instanceof QueryGroup group) {
            encodeQueries(group, out);
        } else if (request instanceof Hello hello) {
            out.u8(HELLO).u16(hello.protocol());
            out.uuid(hello.cluster().map(ClusterId::value).orElse(NIL));
        } else if (request instanceof Locate locate) {
            out.u8(LOCATE).i64(locate.id()).text(locate.shard().value());
        } else if (request instanceof Ping ping) {
            out.u8(PING).i64(ping.id());
        } else {
            throw new AssertionError("unhandled: " + request);
        }
    }

    private static void encodeAppends(AppendGroup group, FrameWriter out, List<Bytes> records) {
        out.u8(APPENDS)
                .i64(group.firstId())
                .text(group.shard().value())
                .uuid(group.life().orElse(NIL));
        encodeConcern(group.concern(), out);
        int bytes = 0;
        for (LogRecord record : group.records()) {
            bytes = Math.addExact(bytes, record.length());
            records.add(record.encoded());
        }
        out.i32(group.timeoutMillis()).i32(group.records().size()).i32(bytes);
    }

    private static void encodeQueries(QueryGroup group, FrameWriter out) {
        out.u8(QUERIES).i64(group.firstId()).text(group.shard().value());
        encodeConsistency(group.consistency(), out);
        out.i32(group.timeoutMillis()).i32(group.queries().size());
        for (Bytes query : group.queries()) {
            out.bytes(query);
        }
    }

    private static void encodeConcern(WriteConcern concern, FrameWriter out) {
        if (concern instanceof WriteConcern.Majority) {
            out.u8(MAJORITY).i32(0);
        } else if (concern instanceof WriteConcern.One) {
            out.u8(ONE).i32(0);
        } else if (concern instanceof WriteConcern.All) {
            out.u8(ALL).i32(0);
        } else if (concern instanceof WriteConcern.Quorum quorum) {
            out.u8(QUORUM).i32(quorum.n());
        } else {
            throw new AssertionError("unhandled: " + concern);
        }
    }

    private static void encodeConsistency(ReadConsistency consistency, FrameWriter out) {
        if (consistency instanceof ReadConsistency.Linearizable) {
            out.u8(LINEARIZABLE).i64(0);
        } else if (consistency instanceof ReadConsistency.BoundedStaleness bounded) {
            out.u8(BOUNDED).i64(bounded.bound().toNanos());
        } else if (consistency instanceof ReadConsistency.Session session) {
            out.u8(SESSION).i64(session.atLeast().value());
        } else if (consistency instanceof ReadConsistency.Eventual) {
            out.u8(EVENTUAL).i64(0);
        } else {
            throw new AssertionError("unhandled: " + consistency);
        }
    }

    /**
     * Decodes a message; records are checked by their own checksums. Shares the message's array.
     *
     * @throws CorruptFormatException if it is not a whole, intact message of a known version
     */
    public static List<ClientRequest> decode(Bytes message) {
        try {
            Envelope.Opened opened = Envelope.open(message, Envelope.REQUESTS);
            RecordReader records = new RecordReader(opened.records());
            List<ClientRequest> requests = new ArrayList<>(Math.min(opened.frames(), 1024));
            for (int i = 0; i < opened.frames(); i++) {
                requests.add(decode(opened.reader(), records));
            }
            opened.reader().end();
            records.end();
            return requests;
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("request: " + e.getMessage(), e);
        }
    }

    private static ClientRequest decode(FrameReader in, RecordReader records) {
        int type = in.u8();
        switch (type) {
            case HELLO:
                return decodeHello(in);
            case APPENDS:
                return decodeAppends(in, records);
            case QUERIES:
                return decodeQueries(in);
            case LOCATE:
                return new Locate(in.i64(), new ShardId(in.text()));
            case PING:
                return new Ping(in.i64());
            default:
                throw new CorruptFormatException("request of unknown type " + type);
        }
    }

    private static Hello decodeHello(FrameReader in) {
        int protocol = in.u16();
        return new Hello(protocol, optional(in.uuid()).map(ClusterId::new));
    }

    /** @return empty for nil */
    private static Optional<UUID> optional(UUID id) {
        return id.equals(NIL) ? Optional.empty() : Optional.of(id);
    }

    private static AppendGroup decodeAppends(FrameReader in, RecordReader records) {
        long firstId = in.i64();
        ShardId shard = new ShardId(in.text());
        Optional<UUID> life = optional(in.uuid());
        WriteConcern concern = decodeConcern(in);
        int timeoutMillis = in.i32();
        int count = in.i32();
        return new AppendGroup(firstId, shard, life, concern, timeoutMillis, records.next(count, in.i32()));
    }

    private static QueryGroup decodeQueries(FrameReader in) {
        long firstId = in.i64();
        ShardId shard = new ShardId(in.text());
        ReadConsistency consistency = decodeConsistency(in);
        int timeoutMillis = in.i32();
        int count = in.i32();
        if (count < 0 || count > in.left() / Integer.BYTES) {
            throw new CorruptFormatException("group of " + count + " queries in " + in.left() + " bytes");
        }
        List<Bytes> queries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            queries.add(in.bytes());
        }
        return new QueryGroup(firstId, shard, consistency, timeoutMillis, queries);
    }

    private static WriteConcern decodeConcern(FrameReader in) {
        int code = in.u8();
        int n = in.i32();
        if (n != 0 && code != QUORUM) {
            throw new CorruptFormatException("write concern " + code + " with number " + n);
        }
        switch (code) {
            case ONE:
                return WriteConcern.ONE;
            case MAJORITY:
                return WriteConcern.MAJORITY;
            case ALL:
                return WriteConcern.ALL;
            case QUORUM:
                return WriteConcern.quorum(n);
            default:
                throw new CorruptFormatException("unknown write concern " + code);
        }
    }

    private static ReadConsistency decodeConsistency(FrameReader in) {
        int code = in.u8();
        long argument = in.i64();
        if (argument != 0 && code != BOUNDED && code != SESSION) {
            throw new CorruptFormatException("read consistency " + code + " with argument " + argument);
        }
        switch (code) {
            case LINEARIZABLE:
                return ReadConsistency.LINEARIZABLE;
            case BOUNDED:
                return new ReadConsistency.BoundedStaleness(Duration.ofNanos(argument));
            case SESSION:
                return new ReadConsistency.Session(new Lsn(argument));
            case EVENTUAL:
                return ReadConsistency.EVENTUAL;
            default:
                throw new CorruptFormatException("unknown read consistency " + code);
        }
    }
}
