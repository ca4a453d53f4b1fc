package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.statemachine.raft.QuorateStateMachine.Answer;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** What a client of the state machine alone gets back over the network. */
class StateMachineAnswerTest {
    private static Message message(byte[] bytes) {
        return Message.valueOf(ByteString.copyFrom(bytes));
    }

    @Property
    void whatIsWrittenIsRead(
            @ForAll @LongRange(min = 0) long lsn, @ForAll boolean refused, @ForAll @Size(max = 50) byte[] value) {
        Answer answer = new Answer(new Lsn(lsn), refused, Bytes.wrap(value));
        assertThat(Answer.decode(answer.encode())).isEqualTo(answer);
    }

    @Property
    void randomBytesAreReadAsWhatTheySayOrRefused(@ForAll @Size(max = 40) byte[] bytes) {
        try {
            assertThat(Answer.decode(message(bytes)).encode().getContent()).isEqualTo(ByteString.copyFrom(bytes));
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("answer");
        }
    }

    @Test
    void cutHeadersAndWhatNobodyWritesAreRefused() {
        byte[] whole =
                new Answer(new Lsn(7), false, Bytes.EMPTY).encode().getContent().toByteArray();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatIllegalArgumentException().isThrownBy(() -> Answer.decode(message(cut)));
        }
        whole[0] = 2;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Answer.decode(message(whole)))
                .withMessageContaining("answer");
        whole[0] = 0;
        whole[1] = (byte) 0x80;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Answer.decode(message(whole)))
                .withMessageContaining("answer");
    }
}
