package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoteRecordTest {
    @TempDir
    Path current;

    @Property(tries = 200)
    void readsBackAsWrittenAndRefusesEveryFlippedBitAndTruncation(
            @ForAll @LongRange(min = 0) long term,
            @ForAll @AlphaChars @NumericChars @StringLength(max = 40) String votedFor) {
        VoteRecord vote = new VoteRecord(term, votedFor);
        byte[] bytes = vote.encode().array();
        assertThat(VoteRecord.decode(vote.encode())).isEqualTo(vote);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> VoteRecord.decode(ByteBuffer.wrap(flipped)))
                    .isInstanceOf(CorruptFormatException.class);
        }
        for (int length = 0; length < bytes.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
            assertThatThrownBy(() -> VoteRecord.decode(cut)).isInstanceOf(CorruptFormatException.class);
        }
    }

    @Test
    void onlyALaterTermOrAnOpenVoteMayFollow() {
        VoteRecord voted = new VoteRecord(7, "n1");
        assertThat(new VoteRecord(8, "").mayFollow(voted)).isTrue();
        assertThat(voted.mayFollow(voted)).isTrue();
        assertThat(voted.mayFollow(new VoteRecord(7, ""))).isTrue();
        assertThat(new VoteRecord(7, "n2").mayFollow(voted)).isFalse();
        assertThat(new VoteRecord(7, "").mayFollow(voted)).isFalse();
        assertThat(new VoteRecord(6, "n1").mayFollow(voted)).isFalse();
        assertThatThrownBy(() -> new VoteRecord(-1, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new VoteRecord(1, "x".repeat(2000))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMirrorIsReadBackAndDamageNamesTheFile() throws IOException {
        assertThat(VoteMirror.read(current)).isEmpty();
        VoteMirror.write(current, new VoteRecord(3, "n1"), DirectorySync.FSYNC);
        assertThat(VoteMirror.read(current)).contains(new VoteRecord(3, "n1"));
        Files.write(current.resolve(VoteMirror.FILE_NAME), new byte[40]);
        assertThatThrownBy(() -> VoteMirror.read(current))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining(current.resolve(VoteMirror.FILE_NAME).toString());
    }

    @Test
    void anUnknownVersionIsRefusedByName() {
        ByteBuffer bytes = new VoteRecord(3, "n1").encode();
        bytes.putShort(4, (short) 2);
        assertThatThrownBy(() -> VoteRecord.decode(bytes))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("knows version 1");
    }
}
