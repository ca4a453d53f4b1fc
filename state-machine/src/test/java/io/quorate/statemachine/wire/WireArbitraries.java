package io.quorate.statemachine.wire;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import io.quorate.wal.log.WriterId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Any frame that the format can say. */
public final class WireArbitraries extends DomainContextBase {
    private static Arbitrary<Bytes> bytes() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Bytes::wrap);
    }

    private static Arbitrary<Long> id() {
        return Arbitraries.longs().between(1, Long.MAX_VALUE - 1_000_000);
    }

    private static Arbitrary<Integer> count() {
        return Arbitraries.integers().between(1, 1_000_000);
    }

    private static Arbitrary<String> text() {
        return Arbitraries.strings().ofMaxLength(20).filter(s -> !s.contains("\ufffd") && isWellFormed(s));
    }

    private static boolean isWellFormed(String s) {
        return new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(s);
    }

    private static Arbitrary<PeerId> peerId() {
        return Combinators.combine(
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .ofMinLength(1)
                                .ofMaxLength(10),
                        Arbitraries.longs().filter(l -> l != 0))
                .as((name, incarnation) -> new PeerId(new NodeId(name), new Incarnation(incarnation)));
    }

    private static Arbitrary<Peer> peer() {
        return Combinators.combine(peerId(), Arbitraries.integers().between(1, 65535), Arbitraries.of(Role.class))
                .as((id, port, role) -> new Peer(id, "127.0.0.1:" + port, role));
    }

    private static Arbitrary<Lsn> lsn(long from) {
        return Arbitraries.longs().between(from, Long.MAX_VALUE - 1_000_000).map(Lsn::new);
    }

    private static Arbitrary<ApplyResult> result() {
        return Arbitraries.oneOf(bytes().map(ApplyResult::of), text().map(ApplyResult::refusal));
    }

    private static Arbitrary<ClusterId> cluster() {
        return Arbitraries.longs().map(l -> new ClusterId(new UUID(l, 1)));
    }

    private static Arbitrary<ShardId> shard() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .ofMinLength(1)
                .ofMaxLength(63)
                .map(ShardId::new);
    }

    private static Arbitrary<LogRecord> record() {
        return Arbitraries.oneOf(
                Combinators.combine(Arbitraries.of(EntryKind.class), bytes()).as(LogRecord::sessionless),
                Combinators.combine(
                                Arbitraries.longs().between(1, Long.MAX_VALUE),
                                Arbitraries.longs().between(1, Long.MAX_VALUE),
                                Arbitraries.integers().between(1, 100_000),
                                bytes())
                        .as((writer, sequence, window, payload) -> LogRecord.of(
                                EntryKind.USER,
                                new WriterId(writer),
                                sequence,
                                sequence - Math.min(sequence, window),
                                payload)));
    }

    private static Arbitrary<WriteConcern> concern() {
        return Arbitraries.oneOf(
                Arbitraries.of(WriteConcern.ONE, WriteConcern.MAJORITY, WriteConcern.ALL),
                Arbitraries.integers().between(1, Integer.MAX_VALUE).map(WriteConcern::quorum));
    }

    private static Arbitrary<ReadConsistency> consistency() {
        return Arbitraries.oneOf(
                Arbitraries.of(ReadConsistency.LINEARIZABLE, ReadConsistency.EVENTUAL),
                Arbitraries.longs()
                        .between(0, Long.MAX_VALUE)
                        .map(nanos -> new ReadConsistency.BoundedStaleness(Duration.ofNanos(nanos))),
                lsn(0).map(ReadConsistency.Session::new));
    }

    private static Arbitrary<UUID> life() {
        return Arbitraries.longs().map(low -> new UUID(1, low));
    }

    @Provide
    Arbitrary<ClientRequest> requests() {
        Arbitrary<Integer> timeout = Arbitraries.integers().between(1, Integer.MAX_VALUE);
        return Arbitraries.oneOf(
                Combinators.combine(
                                Arbitraries.integers().between(1, 0xffff),
                                cluster().optional())
                        .as(ClientRequest.Hello::new),
                Combinators.combine(
                                id(),
                                shard(),
                                life().optional(),
                                concern(),
                                timeout,
                                record().list().ofMinSize(1).ofMaxSize(8))
                        .as(ClientRequest.AppendGroup::new),
                Combinators.combine(
                                id(),
                                shard(),
                                consistency(),
                                timeout,
                                bytes().list().ofMinSize(1).ofMaxSize(8))
                        .as(ClientRequest.QueryGroup::new),
                Combinators.combine(id(), shard()).as(ClientRequest.Locate::new),
                id().map(ClientRequest.Ping::new));
    }

    @Provide
    Arbitrary<ServerResponse> responses() {
        Arbitrary<Optional<LeaderHint>> hint = Combinators.combine(Arbitraries.longs(), peer())
                .as((epoch, peer) -> new LeaderHint(epoch, peer.id(), peer.address()))
                .optional();
        return Arbitraries.oneOf(
                Combinators.combine(
                                Arbitraries.integers().between(1, 0xffff), cluster(), peerId(), count(), id(), count())
                        .as(ServerResponse.Welcome::new),
                Combinators.combine(id(), count(), lsn(1), result()).as(ServerResponse.CommittedRun::new),
                Combinators.combine(
                                id(),
                                lsn(1),
                                result(),
                                text().set().ofMinSize(1).ofMaxSize(4))
                        .as(ServerResponse.CommittedShort::new),
                Combinators.combine(id(), count(), Arbitraries.longs(), Arbitraries.longs())
                        .as(ServerResponse.DurableRun::new),
                Combinators.combine(id(), count(), Arbitraries.of(RejectReason.class), text(), hint)
                        .as(ServerResponse.RejectedRun::new),
                Combinators.combine(id(), count(), text()).as(ServerResponse.IndeterminateRun::new),
                Combinators.combine(id(), lsn(0), bytes().list().ofMinSize(1).ofMaxSize(8))
                        .as(ServerResponse.ResultRun::new),
                Combinators.combine(
                                id(),
                                Combinators.combine(peerId(), life())
                                        .as(Map::entry)
                                        .optional(),
                                peerId().optional(),
                                Arbitraries.longs(),
                                lsn(0),
                                peer().list().ofMaxSize(5))
                        .as((id, self, leader, epoch, applied, peers) -> new ServerResponse.Location(
                                id,
                                self.map(Map.Entry::getKey),
                                self.map(Map.Entry::getValue),
                                leader,
                                epoch,
                                applied,
                                peers)),
                id().map(ServerResponse.Pong::new));
    }

    /** Cuts, lengthens and flips bytes of a message. */
    static Bytes damage(Bytes message, List<Integer> places, int newLength) {
        byte[] bytes = Arrays.copyOf(message.toArray(), newLength);
        for (int place : places) {
            if (bytes.length > 0) {
                bytes[Math.floorMod(place, bytes.length)] ^= (byte) (1 << Math.floorMod(place, 8));
            }
        }
        return Bytes.wrap(bytes);
    }
}
