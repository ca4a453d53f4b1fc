package io.quorate.statemachine.wire;

import io.quorate.statemachine.wire.ServerResponse.CommittedRun;
import io.quorate.statemachine.wire.ServerResponse.CommittedShort;
import io.quorate.statemachine.wire.ServerResponse.DurableRun;
import io.quorate.statemachine.wire.ServerResponse.IndeterminateRun;
import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.statemachine.wire.ServerResponse.Pong;
import io.quorate.statemachine.wire.ServerResponse.RejectedRun;
import io.quorate.statemachine.wire.ServerResponse.ResultRun;
import io.quorate.statemachine.wire.ServerResponse.Welcome;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Messages from node to client.
 *
 * <pre>
 * frame          u8 type, then
 * welcome        u16 protocol, 16 cluster, text peer, u32 requests, u64 bytes, u32 message bytes
 * committed      u64 first id, u32 count, u64 first LSN, u8 refused, u32 length, result
 * short          u64 id, u64 LSN, u8 refused, u32 length, result, u16 count, text missing voter each
 * durable        u64 first id, u32 count, u64 epoch, u64 index
 * rejected       u64 first id, u32 count, u8 reason, text message, u8 hint follows, [u64 epoch, text peer, text address]
 * indeterminate  u64 first id, u32 count, text message
 * results        u64 first id, u64 LSN applied, u32 count, then u32 length and bytes each
 * location       u64 id, text self (empty for none), [16 life,] text leader (empty for none), u64 epoch, u64 LSN applied, u16 peers, then text id,
 *                text address, u8 role each
 * pong           u64 id
 * </pre>
 */
public final class ResponseCodec {
    private static final int WELCOME = 1;
    private static final int COMMITTED = 2;
    private static final int SHORT = 3;
    private static final int DURABLE = 4;
    private static final int REJECTED = 5;
    private static final int INDETERMINATE = 6;
    private static final int RESULTS = 7;
    private static final int LOCATION = 8;
    private static final int PONG = 9;

    private static final Role[] ROLES = {Role.VOTER, Role.WITNESS, Role.OBSERVER};

    private ResponseCodec() {}

    /** @throws IllegalArgumentException if the message would exceed 2 GiB */
    public static WireMessage encode(List<ServerResponse> responses) {
        FrameWriter out = Envelope.begin(Envelope.RESPONSES, 40 * responses.size() + 32);
        for (ServerResponse response : responses) {
            encode(response, out);
        }
        return Envelope.end(out, responses.size(), List.of());
    }

    private static void encode(ServerResponse response, FrameWriter out) {
        if (response instanceof CommittedRun run) {
            out.u8(COMMITTED)
                    .i64(run.firstId())
                    .i32(run.count())
                    .i64(run.firstLsn().value());
            encodeResult(run.result(), out);
        } else if (response instanceof ResultRun run) {
            out.u8(RESULTS).i64(run.firstId()).i64(run.applied().value());
            out.i32(run.values().size());
            run.values().forEach(out::bytes);
        } else if (response instanceof DurableRun run) {
            out.u8(DURABLE).i64(run.firstId()).i32(run.count()).i64(run.epoch()).i64(run.index());
        } else if (response instanceof RejectedRun run) {
            encodeRejected(run, out);
        } else if (response instanceof IndeterminateRun run) {
            out.u8(INDETERMINATE).i64(run.firstId()).i32(run.count()).text(run.message());
        } else if (response instanceof CommittedShort shortOf) {
            out.u8(SHORT).i64(shortOf.id()).i64(shortOf.lsn().value());
            encodeResult(shortOf.result(), out);
            out.u16(shortOf.missing().size());
            shortOf.missing().forEach(out::text);
        } else if (response instanceof Location location) {
            encodeLocation(location, out);
        } else if (response instanceof Pong pong) {
            out.u8(PONG).i64(pong.id());
        } else if (response instanceof Welcome welcome) {
            out.u8(WELCOME).u16(welcome.protocol()).uuid(welcome.cluster().value());
            out.text(welcome.self().toString()).i32(welcome.maxRequests()).i64(welcome.maxBytes());
            out.i32(welcome.maxMessageBytes());
        } else {
            throw new AssertionError("unhandled: " + response);
        }
    }

    private static void encodeResult(ApplyResult result, FrameWriter out) {
        out.u8(result.refused() ? 1 : 0).bytes(result.value());
    }

    private static void encodeRejected(RejectedRun run, FrameWriter out) {
        out.u8(REJECTED).i64(run.firstId()).i32(run.count()).u8(run.reason().code());
        out.text(run.message()).u8(run.hint().isPresent() ? 1 : 0);
        if (run.hint().isPresent()) {
            LeaderHint hint = run.hint().get();
            out.i64(hint.epoch()).text(hint.peer().toString()).text(hint.address());
        }
    }

    private static void encodeLocation(Location location, FrameWriter out) {
        out.u8(LOCATION).i64(location.id());
        out.text(location.self().map(PeerId::toString).orElse(""));
        location.life().ifPresent(out::uuid);
        out.text(location.leader().map(PeerId::toString).orElse(""));
        out.i64(location.epoch()).i64(location.applied().value());
        out.u16(location.peers().size());
        for (Peer peer : location.peers()) {
            out.text(peer.id().toString())
                    .text(peer.address())
                    .u8(List.of(ROLES).indexOf(peer.role()));
        }
    }

    /**
     * Decodes a message. Shares its array.
     *
     * @throws CorruptFormatException if it is not a whole, intact message of a known version
     */
    public static List<ServerResponse> decode(Bytes message) {
        try {
            Envelope.Opened opened = Envelope.open(message, Envelope.RESPONSES);
            if (!opened.records().isEmpty()) {
                throw new CorruptFormatException(
                        "response with " + opened.records().length() + " bytes of records");
            }
            List<ServerResponse> responses = new ArrayList<>(Math.min(opened.frames(), 1024));
            for (int i = 0; i < opened.frames(); i++) {
                responses.add(decode(opened.reader()));
            }
            opened.reader().end();
            return responses;
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("response: " + e.getMessage(), e);
        }
    }

    private static ServerResponse decode(FrameReader in) {
        int type = in.u8();
        switch (type) {
            case COMMITTED:
                return new CommittedRun(in.i64(), in.i32(), new Lsn(in.i64()), decodeResult(in));
            case RESULTS:
                return decodeResults(in);
            case DURABLE:
                return new DurableRun(in.i64(), in.i32(), in.i64(), in.i64());
            case REJECTED:
                return new RejectedRun(in.i64(), in.i32(), RejectReason.ofCode(in.u8()), in.text(), decodeHint(in));
            case INDETERMINATE:
                return new IndeterminateRun(in.i64(), in.i32(), in.text());
            case SHORT:
                return new CommittedShort(in.i64(), new Lsn(in.i64()), decodeResult(in), decodeMissing(in));
            case LOCATION:
                return decodeLocation(in);
            case PONG:
                return new Pong(in.i64());
            case WELCOME:
                return new Welcome(
                        in.u16(), new ClusterId(in.uuid()), PeerId.parse(in.text()), in.i32(), in.i64(), in.i32());
            default:
                throw new CorruptFormatException("response of unknown type " + type);
        }
    }

    private static ApplyResult decodeResult(FrameReader in) {
        boolean refused = flag(in);
        Bytes value = in.bytes();
        return !refused && value.isEmpty() ? ApplyResult.OK : new ApplyResult(refused, value);
    }

    private static boolean flag(FrameReader in) {
        int flag = in.u8();
        if (flag > 1) {
            throw new CorruptFormatException("flag is " + flag);
        }
        return flag == 1;
    }

    private static ResultRun decodeResults(FrameReader in) {
        long firstId = in.i64();
        Lsn applied = new Lsn(in.i64());
        int count = in.i32();
        if (count < 0 || count > in.left() / Integer.BYTES) {
            throw new CorruptFormatException("run of " + count + " results in " + in.left() + " bytes");
        }
        List<Bytes> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.bytes());
        }
        return new ResultRun(firstId, applied, values);
    }

    private static Location decodeLocation(FrameReader in) {
        long id = in.i64();
        Optional<PeerId> self = decodePeerId(in);
        Optional<UUID> life = self.isPresent() ? Optional.of(in.uuid()) : Optional.empty();
        return new Location(id, self, life, decodePeerId(in), in.i64(), new Lsn(in.i64()), decodePeers(in));
    }

    private static Optional<LeaderHint> decodeHint(FrameReader in) {
        return flag(in) ? Optional.of(new LeaderHint(in.i64(), PeerId.parse(in.text()), in.text())) : Optional.empty();
    }

    private static Set<String> decodeMissing(FrameReader in) {
        int count = in.u16();
        Set<String> missing = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            missing.add(in.text());
        }
        return missing;
    }

    private static Optional<PeerId> decodePeerId(FrameReader in) {
        String text = in.text();
        return text.isEmpty() ? Optional.empty() : Optional.of(PeerId.parse(text));
    }

    private static List<Peer> decodePeers(FrameReader in) {
        int count = in.u16();
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PeerId id = PeerId.parse(in.text());
            String address = in.text();
            int role = in.u8();
            if (role >= ROLES.length) {
                throw new CorruptFormatException("peer " + id + " with unknown role " + role);
            }
            peers.add(new Peer(id, address, ROLES[role]));
        }
        return peers;
    }
}
