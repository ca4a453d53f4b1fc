package io.quorate.statemachine.raft.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    private static final int LIMIT = 4096;

    @Property(tries = 500)
    void whatRatisWritesIsReadBack(
            @ForAll @LongRange(min = 1) long term,
            @ForAll @LongRange(min = 0) long index,
            @ForAll @Size(max = 2000) byte[] data)
            throws IOException {
        byte[] frame = SegmentBytes.frame(term, index, data);
        assertThat(decode(frame)).isEqualTo(new Frame.Entry(frame.length, term, index));
    }

    @Property(tries = 2000)
    void anyBytesHaveAVerdict(@ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(max = 8) int valid)
            throws IOException {
        byte[] frame = Arrays.copyOf(SegmentBytes.frame(1, 5, bytes), bytes.length + valid);
        for (byte[] input : new byte[][] {bytes, frame}) {
            assertThat(TailJudge.describe(decode(input))).isNotEmpty();
        }
    }

    @Test
    void everyKindOfFrameIsNamed() throws IOException {
        byte[] frame = SegmentBytes.frame(1, 5, new byte[100]);
        assertThat(decode(new byte[0])).isEqualTo(new Frame.End());
        assertThat(decode(new byte[] {0, 1})).isEqualTo(new Frame.Zero());
        assertThat(decode(new byte[] {(byte) 0x80})).isEqualTo(new Frame.CutShort(0));
        assertThat(decode(Arrays.copyOf(frame, frame.length - 1))).isEqualTo(new Frame.CutShort(frame.length));
        assertThat(decode(new byte[] {-1, -1, -1, -1, -1, 1})).isInstanceOf(Frame.BadLength.class);
        assertThat(decode(new byte[] {(byte) 0x85, 0, 1, 1, 1, 1})).isInstanceOf(Frame.BadLength.class);
        assertThat(TailJudge.describe(decode(new byte[] {-1, -1, 1, 1, 1, 1}))).contains("above the limit of 4096");
        frame[50] ^= 1;
        assertThat(decode(frame)).isInstanceOf(Frame.BadChecksum.class);
        assertThat(decode(SegmentBytes.frame(new byte[] {-1, -1, -1}))).isInstanceOf(Frame.Unreadable.class);
        byte[] negative =
                LogEntryProto.newBuilder().setTerm(1).setIndex(-4).build().toByteArray();
        assertThat(decode(SegmentBytes.frame(negative))).isInstanceOf(Frame.Unreadable.class);
    }

    @Test
    void everyKindOfFrameIsJudged() throws IOException {
        for (Class<?> kind : Frame.class.getPermittedSubclasses()) {
            assertThat(kind.isRecord()).isTrue();
        }
        assertThat(judge(new SegmentBytes())).isInstanceOf(TailJudge.Verdict.Clean.class);
        assertThat(judge(new SegmentBytes().zeros(5000))).isInstanceOf(TailJudge.Verdict.Clean.class);
        assertThat(judge(new SegmentBytes().raw(SegmentBytes.frame(new byte[] {-1, -1, -1}))))
                .isEqualTo(new TailJudge.Verdict.Damaged(
                        DamageKind.UNREADABLE_ENTRY,
                        TailJudge.describe(decode(SegmentBytes.frame(new byte[] {-1, -1, -1})))));
        assertThat(judge(new SegmentBytes().raw(new byte[] {-1, -1, -1, -1, -1, 1})))
                .isInstanceOf(TailJudge.Verdict.Damaged.class);
        assertThat(judge(new SegmentBytes().raw(new byte[] {(byte) 0x80}))).isInstanceOf(TailJudge.Verdict.Torn.class);
        assertThat(judge(new SegmentBytes().zeros(600).raw(new byte[] {1}))).isInstanceOf(TailJudge.Verdict.Torn.class);
        assertThat(judge(new SegmentBytes().zeros(60).raw(new byte[] {1})))
                .isInstanceOf(TailJudge.Verdict.Damaged.class);
    }

    @Test
    void anEntryThatRatisCannotReadBackIsNamedWithTheSetting() {
        // Ratis accepts n up to the limit, but reads length, entry and checksum within the same limit.
        byte[] segment = new SegmentBytes().append(1, 0, new byte[LIMIT - 13]).bytes();
        int frame = segment.length - SegmentWalk.MAGIC.length;
        assertThat(frame).isBetween(LIMIT + 1, LIMIT + 9);
        SegmentName name = new SegmentName("log_inprogress_0", 0, -1);
        assertThatThrownBy(() -> SegmentWalk.of(name, new ArrayBytes(segment), 0, LIMIT))
                .isInstanceOf(DamageFound.class)
                .hasMessageContaining("UNREADABLE_ENTRY")
                .hasMessageContaining("raft.server.log.appender.buffer.byte-limit = 4096");
    }

    @Test
    void aSearchOverCraftedCandidatesEndsAsUndecidable() throws IOException {
        // Values that look like the beginning of an entry at every 8 bytes, each of a length that must be checksummed.
        byte[] crafted = {(byte) 0xf0, 0x7f, 8, 1, 16, 1, 1, 1};
        SegmentBytes segment = new SegmentBytes().raw(new byte[] {3, 1, 1, 1, 1, 1, 1});
        for (int i = 0; i < 40_000; i++) {
            segment.raw(crafted);
        }
        byte[] bytes = segment.bytes();
        LaterEntrySearch search = new LaterEntrySearch(new ArrayBytes(bytes), 8, 0, 1, 1 << 20);
        assertThat(search.search(bytes.length))
                .hasValueSatisfying(found -> assertThat(found.what()).contains("than can be looked at"));
    }

    @Test
    void anEntryIsFoundBehindMuchThatIsBroken() throws IOException {
        byte[] noise = new byte[3_000_000];
        new Random(7).nextBytes(noise);
        byte[] bytes = new SegmentBytes()
                .raw(noise)
                .append(4, 12, new byte[300])
                .zeros(2_000_000)
                .bytes();
        LaterEntrySearch search = new LaterEntrySearch(new ArrayBytes(bytes), 8, 9, 4, 1 << 20);
        assertThat(search.search(bytes.length))
                .contains(new LaterEntrySearch.Found(8 + noise.length, "the intact entry 12 of term 4"));
        assertThat(new LaterEntrySearch(new ArrayBytes(bytes), 8, 12, 4, 1 << 20).search(bytes.length))
                .as("not an entry of an earlier index")
                .isEmpty();
        assertThat(new LaterEntrySearch(new ArrayBytes(bytes), 8, 9, 5, 1 << 20).search(bytes.length))
                .as("nor of an earlier term")
                .isEmpty();
    }

    private static Frame decode(byte[] bytes) throws IOException {
        return FrameDecoder.decode(new ArrayBytes(bytes), 0, LIMIT);
    }

    private static TailJudge.Verdict judge(SegmentBytes segment) throws IOException {
        ArrayBytes bytes = new ArrayBytes(segment.bytes());
        SegmentWalk walk = SegmentWalk.of(new SegmentName("log_inprogress_0", 0, -1), bytes, 0, LIMIT);
        return TailJudge.judge(bytes, walk, LIMIT);
    }
}
