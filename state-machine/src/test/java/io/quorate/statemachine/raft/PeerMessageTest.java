package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quorate.statemachine.raft.PeerMessage.Call;
import io.quorate.statemachine.raft.PeerMessage.Operation;
import io.quorate.topology.ClusterId;
import io.quorate.wal.log.CorruptFormatException;
import java.util.Arrays;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What comes from the network is decoded, or refused as corrupt: nothing else happens. */
class PeerMessageTest {
    private static Call call(Operation operation, long high, long low, long index) {
        return new Call(operation, new ClusterId(new UUID(high, 1)), new UUID(2, low), index);
    }

    @Property
    void questionsAndAnswersAreReadAsTheyWereWritten(
            @ForAll Operation operation, @ForAll long high, @ForAll long low, @ForAll long index) {
        Call call = call(operation, high, low, index);
        assertThat(PeerMessage.decodeCall(PeerMessage.encode(call))).isEqualTo(call);
        assertThat(PeerMessage.decodeAnswer(PeerMessage.encodeAnswer(high, low, index)))
                .containsExactly(high, low, index);
    }

    @Test
    void whatWasCutIsCorrupt() {
        byte[] call = PeerMessage.encode(call(Operation.READ_INDEX, 3, 4, 5));
        for (int length = 0; length < call.length; length++) {
            byte[] cut = Arrays.copyOf(call, length);
            assertThatExceptionOfType(CorruptFormatException.class).isThrownBy(() -> PeerMessage.decodeCall(cut));
        }
        byte[] answer = PeerMessage.encodeAnswer(3, 4, 5);
        for (int length = 0; length < answer.length; length++) {
            byte[] cut = Arrays.copyOf(answer, length);
            assertThatExceptionOfType(CorruptFormatException.class).isThrownBy(() -> PeerMessage.decodeAnswer(cut));
        }
    }

    @Property
    void randomBytesAreReadAsWhatTheySayOrRefused(@ForAll @Size(max = 60) byte[] bytes, @ForAll boolean begun) {
        if (begun && bytes.length > 0) {
            bytes[0] = 1;
        }
        try {
            byte[] again = PeerMessage.encode(PeerMessage.decodeCall(bytes));
            assertThat(Arrays.copyOf(bytes, again.length)).isEqualTo(again);
        } catch (CorruptFormatException | UnknownOperationException refused) {
            assertThat(refused).hasMessageContaining("peer");
        }
        try {
            long[] answer = PeerMessage.decodeAnswer(bytes);
            byte[] again = PeerMessage.encodeAnswer(answer[0], answer[1], answer[2]);
            assertThat(Arrays.copyOf(bytes, again.length)).isEqualTo(again);
        } catch (CorruptFormatException refused) {
            assertThat(refused).hasMessageContaining("peer");
        }
    }

    @Test
    void unknownVersionsAndOperationsAreNamed() {
        byte[] call = PeerMessage.encode(call(Operation.LOG_STATE, 3, 4, 5));
        for (int version = 0; version < 256; version++) {
            byte[] forged = call.clone();
            forged[0] = (byte) version;
            if (version != 1) {
                String named = "version " + (byte) version;
                assertThatExceptionOfType(CorruptFormatException.class)
                        .isThrownBy(() -> PeerMessage.decodeCall(forged))
                        .withMessageContaining(named);
                assertThatExceptionOfType(CorruptFormatException.class)
                        .isThrownBy(() -> PeerMessage.decodeAnswer(forged))
                        .withMessageContaining(named);
            }
        }
        for (int operation = Operation.values().length; operation < 256; operation++) {
            byte[] forged = call.clone();
            forged[1] = (byte) operation;
            assertThatExceptionOfType(UnknownOperationException.class)
                    .isThrownBy(() -> PeerMessage.decodeCall(forged))
                    .withMessageContaining("unknown operation " + (byte) operation);
        }
    }
}
