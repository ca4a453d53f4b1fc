package io.quorate.statemachine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Operators' calls: they change the cluster, so that a damaged one must not be taken for another. */
class AdminCodecTest {
    private static final int HEADER_BYTES = 20;
    private static final int CRC_AT = 16;

    @Provide
    Arbitrary<AdminCall> calls() {
        return Combinators.combine(text(1), json()).as(AdminCall::new);
    }

    @Provide
    Arbitrary<AdminReply> replies() {
        return Arbitraries.oneOf(
                json().map(AdminReply.Done::new),
                Combinators.combine(text(1), text(0)).as(AdminReply.Failed::new));
    }

    private static Arbitrary<String> text(int least) {
        return Arbitraries.strings()
                .withChars("abc.-_ 09\u00e4\u20ac\n")
                .ofMinLength(least)
                .ofMaxLength(40);
    }

    private static Arbitrary<Bytes> json() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(60).map(Bytes::wrap);
    }

    @Property(tries = 300)
    void theyAreReadBackAsWritten(@ForAll("calls") AdminCall call, @ForAll("replies") AdminReply reply) {
        assertThat(AdminCall.decode(call.encode().joined())).isEqualTo(call);
        assertThat(AdminReply.decode(reply.encode().joined())).isEqualTo(reply);
    }

    @Property(tries = 1000)
    void damagedOnesAreRefusedByName(
            @ForAll("calls") AdminCall call,
            @ForAll("replies") AdminReply reply,
            @ForAll @Size(max = 3) List<Integer> places,
            @ForAll @IntRange(min = -20, max = 20) int growth) {
        assertDamageIsRefused(call.encode().joined(), places, growth, AdminCall::decode);
        assertDamageIsRefused(reply.encode().joined(), places, growth, AdminReply::decode);
    }

    private static void assertDamageIsRefused(
            Bytes whole, List<Integer> places, int growth, Function<Bytes, Object> decoder) {
        Bytes damaged = WireArbitraries.damage(whole, places, Math.max(0, whole.length() + growth));
        if (!damaged.equals(whole)) {
            assertThatThrownBy(() -> decoder.apply(damaged)).isInstanceOf(CorruptFormatException.class);
        }
    }

    @Property(tries = 100)
    void oneThatWasCutAnywhereIsRefusedByName(@ForAll("calls") AdminCall call, @ForAll("replies") AdminReply reply) {
        assertEveryPieceIsRefused(call.encode().joined(), AdminCall::decode);
        assertEveryPieceIsRefused(reply.encode().joined(), AdminReply::decode);
    }

    private static void assertEveryPieceIsRefused(Bytes whole, Function<Bytes, Object> decoder) {
        for (int length = 0; length < whole.length(); length++) {
            Bytes piece = whole.slice(0, length);
            assertThatThrownBy(() -> decoder.apply(piece))
                    .as("the first %d bytes", length)
                    .isInstanceOf(CorruptFormatException.class);
        }
    }

    /** Damage that the checksum does not catch, as a broken or hostile peer would make it. */
    @Property(tries = 2000)
    void damageUnderAValidChecksumIsReadOrRefusedByName(
            @ForAll("calls") AdminCall call,
            @ForAll("replies") AdminReply reply,
            @ForAll @Size(min = 1, max = 3) List<Integer> places) {
        assertReadOrRefused(resealed(call.encode().joined(), places), AdminCall::decode);
        assertReadOrRefused(resealed(reply.encode().joined(), places), AdminReply::decode);
    }

    /** Flips bits behind the header and makes the checksum hold again. */
    private static Bytes resealed(Bytes message, List<Integer> places) {
        byte[] bytes = message.toArray();
        for (int place : places) {
            int at = HEADER_BYTES + Math.floorMod(place, bytes.length - HEADER_BYTES);
            bytes[at] ^= (byte) (1 << Math.floorMod(place, 8));
        }
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putInt(CRC_AT, 0);
        out.putInt(CRC_AT, Bytes.wrap(bytes).crc32c());
        return Bytes.wrap(bytes);
    }

    private static void assertReadOrRefused(Bytes message, Function<Bytes, Object> decoder) {
        try {
            assertThat(decoder.apply(message)).isNotNull();
        } catch (CorruptFormatException named) {
            assertThat(named).hasMessageNotContaining("null");
        }
    }

    @Test
    void oneIsNotTakenForTheOther() {
        Bytes call = new AdminCall("status", Bytes.utf8("{}")).encode().joined();
        Bytes reply = new AdminReply.Done(Bytes.utf8("{}")).encode().joined();
        assertThatThrownBy(() -> AdminReply.decode(call))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("expected kind 4");
        assertThatThrownBy(() -> AdminCall.decode(reply))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("expected kind 3");
    }

    @Test
    void anUnknownTypeOfReplyAndNamesThatAreNoneAreNamed() {
        Bytes reply = new AdminReply.Done(Bytes.EMPTY).encode().joined();
        assertNamed("unknown type 2", reply, AdminReply::decode, 2);
        assertNamed("error without a name", reply, AdminReply::decode, 1, 0, 0, 0, 0);
        assertNamed("4 bytes wanted, 0 left", reply, AdminReply::decode, 0);
        assertNamed("2147483647 bytes wanted", reply, AdminReply::decode, 0, 0x7f, -1, -1, -1);
        assertNamed("-1 bytes wanted", reply, AdminReply::decode, 0, -1, -1, -1, -1);
        assertNamed("1 bytes after the end", reply, AdminReply::decode, 0, 0, 0, 0, 0, 9);
        assertNamed("not UTF-8", reply, AdminReply::decode, 1, 0, 1, -1, 0, 0);
        Bytes call = new AdminCall("status", Bytes.EMPTY).encode().joined();
        assertNamed("operation name of 0 characters", call, AdminCall::decode, 0, 0, 0, 0, 0, 0);
        assertNamed("1 bytes after the end", call, AdminCall::decode, 0, 1, 'a', 0, 0, 0, 0, 9);
    }

    /** Puts another frame in the place of that of a message. */
    private static void assertNamed(String problem, Bytes whole, Function<Bytes, Object> decoder, int... frame) {
        byte[] bytes = Arrays.copyOf(whole.toArray(), HEADER_BYTES + frame.length);
        for (int i = 0; i < frame.length; i++) {
            bytes[HEADER_BYTES + i] = (byte) frame[i];
        }
        ByteBuffer.wrap(bytes).putInt(12, frame.length);
        Bytes message = resealed(Bytes.wrap(bytes), List.of());
        assertThatThrownBy(() -> decoder.apply(message))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aCallOrReplyOfANewerVersionIsRefusedByName() {
        assertNewerIsNamed(new AdminCall("status", Bytes.utf8("{}")).encode().joined(), AdminCall::decode);
        assertNewerIsNamed(new AdminReply.Done(Bytes.utf8("{}")).encode().joined(), AdminReply::decode);
    }

    private static void assertNewerIsNamed(Bytes message, Function<Bytes, Object> decoder) {
        byte[] bytes = message.toArray();
        int known = bytes[4];
        bytes[4]++;
        assertThatThrownBy(() -> decoder.apply(resealed(Bytes.wrap(bytes), List.of())))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("version " + (known + 1) + "; this build knows version " + known);
    }
}
