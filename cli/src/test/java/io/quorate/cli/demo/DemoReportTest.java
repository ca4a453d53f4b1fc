package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.demo.DemoReport.Voter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoReportTest {
    private static final int SENT = 100;

    private static Voter voter(String node) {
        return new Voter(node, 104, "abc", SENT, SENT);
    }

    private static List<Voter> three() {
        return new ArrayList<>(List.of(voter("n2"), voter("n3"), voter("n4")));
    }

    @Test
    void threeVotersWithAllOfItAndOneStateAreEqual() {
        assertThat(DemoReport.equal(SENT, SENT, three())).isTrue();
        assertThat(DemoReport.found(three())).isEqualTo(SENT);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "an acknowledged entry is missing,  104, abc, 99,  99",
        "an entry is another one,           104, abc, 100, 99",
        "an entry was applied twice,        104, abc, 101, 100",
        "the state is another one,          104, abd, 100, 100",
        "the digest could not be had,       104, '',  100, 100",
        "it is behind,                      103, abc, 100, 100",
    })
    void oneVoterThatDiffersIsEnough(String how, long lsn, String digest, int entries, int found) {
        List<Voter> voters = three();
        voters.set(1, new Voter("n3", lsn, digest, entries, found));
        assertThat(DemoReport.equal(SENT, SENT, voters)).as(how).isFalse();
        assertThat(DemoReport.found(voters)).isEqualTo(found);
    }

    @Test
    void anEntryThatWasNotAcknowledgedOrAVoterTooFewOrTooManyIsNotEqual() {
        List<Voter> oneShort = three().stream()
                .map(v -> new Voter(v.node(), v.lsn(), v.digest(), 99, 99))
                .toList();
        assertThat(DemoReport.equal(SENT, SENT - 1, oneShort)).isFalse();
        assertThat(DemoReport.equal(SENT, SENT, three().subList(0, 2))).isFalse();
        List<Voter> four = three();
        four.add(voter("n1"));
        assertThat(DemoReport.equal(SENT, SENT, four)).isFalse();
        assertThat(DemoReport.equal(SENT, SENT, List.of())).isFalse();
    }

    @Test
    void digestsThatAllAreMissingAreNotEqual() {
        List<Voter> mute = three().stream()
                .map(v -> new Voter(v.node(), 0, "", SENT, SENT))
                .toList();
        assertThat(DemoReport.equal(SENT, SENT, mute)).isFalse();
    }
}
