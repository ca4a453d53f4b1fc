package io.quorate.statemachine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.topology.ShardId;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.api.Test;

class WireCodecTest {
    @Property(tries = 300)
    @Domain(WireArbitraries.class)
    void requestsAreReadBackAsWritten(@ForAll @Size(max = 6) List<ClientRequest> requests) {
        assertThat(RequestCodec.decode(RequestCodec.encode(requests).joined())).isEqualTo(requests);
    }

    @Property(tries = 300)
    @Domain(WireArbitraries.class)
    void responsesAreReadBackAsWritten(@ForAll @Size(max = 6) List<ServerResponse> responses) {
        assertThat(ResponseCodec.decode(ResponseCodec.encode(responses).joined()))
                .isEqualTo(responses);
    }

    @Property(tries = 1000)
    void randomBytesAreRefusedByEveryDecoder(@ForAll byte[] bytes) {
        for (Consumer<Bytes> decoder : decoders()) {
            assertThatThrownBy(() -> decoder.accept(Bytes.wrap(bytes))).isInstanceOf(CorruptFormatException.class);
        }
    }

    @Property(tries = 1000)
    @Domain(WireArbitraries.class)
    @Domain(DomainContext.Global.class)
    void damagedRequestsAreRefusedByName(
            @ForAll @Size(max = 4) List<ClientRequest> requests,
            @ForAll @Size(max = 3) List<Integer> places,
            @ForAll @IntRange(min = -20, max = 20) int growth) {
        Bytes whole = RequestCodec.encode(requests).joined();
        Bytes damaged = WireArbitraries.damage(whole, places, Math.max(0, whole.length() + growth));
        if (!damaged.equals(whole)) {
            assertThatThrownBy(() -> RequestCodec.decode(damaged)).isInstanceOf(CorruptFormatException.class);
        }
    }

    @Property(tries = 1000)
    @Domain(WireArbitraries.class)
    @Domain(DomainContext.Global.class)
    void damagedResponsesAreRefusedByName(
            @ForAll @Size(max = 4) List<ServerResponse> responses,
            @ForAll @Size(max = 3) List<Integer> places,
            @ForAll @IntRange(min = -20, max = 20) int growth) {
        Bytes whole = ResponseCodec.encode(responses).joined();
        Bytes damaged = WireArbitraries.damage(whole, places, Math.max(0, whole.length() + growth));
        if (!damaged.equals(whole)) {
            assertThatThrownBy(() -> ResponseCodec.decode(damaged)).isInstanceOf(CorruptFormatException.class);
        }
    }

    /** Damage that the checksum does not catch, as a broken or hostile peer would make it. */
    @Property(tries = 2000)
    @Domain(WireArbitraries.class)
    @Domain(DomainContext.Global.class)
    void damagedFramesUnderAValidChecksumAreReadOrRefusedByName(
            @ForAll @Size(max = 4) List<ClientRequest> requests,
            @ForAll @Size(max = 4) List<ServerResponse> responses,
            @ForAll @Size(min = 1, max = 3) List<Integer> places) {
        Bytes request = resealed(RequestCodec.encode(requests).joined(), places);
        Bytes response = resealed(ResponseCodec.encode(responses).joined(), places);
        assertReadOrRefused(() -> RequestCodec.decode(request));
        assertReadOrRefused(() -> ResponseCodec.decode(response));
    }

    private static Bytes resealed(Bytes message, List<Integer> places) {
        byte[] bytes = message.toArray();
        int framesEnd = 20 + message.buffer().getInt(12);
        for (int place : places) {
            int at = 6 + Math.floorMod(place, framesEnd - 6);
            bytes[at] ^= (byte) (1 << Math.floorMod(place, 8));
        }
        int end = Math.min(Math.max(20, 20 + Bytes.wrap(bytes).buffer().getInt(12)), bytes.length);
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putInt(16, 0);
        out.putInt(16, Bytes.wrap(bytes, 0, end).crc32c());
        return Bytes.wrap(bytes);
    }

    private static void assertReadOrRefused(Runnable decode) {
        try {
            decode.run();
        } catch (CorruptFormatException named) {
            assertThat(named).hasMessageNotContaining("null");
        }
    }

    private static List<Consumer<Bytes>> decoders() {
        return List.of(RequestCodec::decode, ResponseCodec::decode, AdminCall::decode, AdminReply::decode);
    }

    @Test
    void messageOfANewerVersionIsRefusedByName() {
        byte[] bytes =
                RequestCodec.encode(List.of(new ClientRequest.Ping(1))).joined().toArray();
        bytes[4] = 3;
        assertThatThrownBy(() -> RequestCodec.decode(Bytes.wrap(bytes)))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("version 3; this build knows version 2");
    }

    @Test
    void aThousandAppendsOfOneGroupCostTheirRecordsAndOneHeader() {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.wrap(new byte[256]));
        WireMessage message = RequestCodec.encode(List.of(new ClientRequest.AppendGroup(
                1,
                new ShardId("orders"),
                Optional.empty(),
                WriteConcern.MAJORITY,
                1000,
                Collections.nCopies(1000, record))));
        assertThat(message.length()).isLessThan(1000 * record.length() + 100);
    }

    @Test
    void aThousandAnswersOfOneRunCostOneFrame() {
        WireMessage message =
                ResponseCodec.encode(List.of(new ServerResponse.CommittedRun(1, 1000, new Lsn(7), ApplyResult.OK)));
        assertThat(message.length()).isLessThan(64);
    }

    @Test
    void administrativeCallsAndRepliesAreReadBackAsWritten() {
        AdminCall call = new AdminCall("peers.add", Bytes.utf8("{\"node\":\"n4\"}"));
        AdminReply done = new AdminReply.Done(Bytes.utf8("{}"));
        AdminReply failed = new AdminReply.Failed("QUORUM_WOULD_BE_LOST", "two of three are down");
        assertThat(AdminCall.decode(call.encode().joined())).isEqualTo(call);
        assertThat(AdminReply.decode(done.encode().joined())).isEqualTo(done);
        assertThat(AdminReply.decode(failed.encode().joined())).isEqualTo(failed);
    }

    @Test
    void longMessagesAreCutAtACharacter() {
        String tooLong = "\u20ac".repeat(30_000);
        assertThatCode(() -> AdminReply.decode(
                        new AdminReply.Failed("E", tooLong).encode().joined()))
                .doesNotThrowAnyException();
    }
}
