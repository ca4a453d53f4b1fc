package io.quorate.topology.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class VoterSetsTest {
    private static final int PEERS = 9;

    @Provide
    Arbitrary<Set<Integer>> peers() {
        return Arbitraries.integers().between(1, PEERS).set().ofMaxSize(PEERS);
    }

    @Provide
    Arbitrary<VoterSets<Integer>> voters() {
        Arbitrary<Set<Integer>> some = peers().filter(s -> !s.isEmpty());
        return Combinators.combine(some, peers()).as(VoterSets::new);
    }

    @Property
    void anyTwoMajoritiesOfAConfigurationIntersect(
            @ForAll("voters") VoterSets<Integer> voters,
            @ForAll("peers") Set<Integer> one,
            @ForAll("peers") Set<Integer> other) {
        if (voters.isMajority(one) && voters.isMajority(other)) {
            assertThat(intersection(one, other)).isNotEmpty();
        }
    }

    @Property
    void aJointMajorityIntersectsEveryMajorityOfTheOldAndOfTheNewVoters(
            @ForAll("voters") VoterSets<Integer> joint,
            @ForAll("peers") Set<Integer> jointly,
            @ForAll("peers") Set<Integer> alone) {
        VoterSets<Integer> after = VoterSets.of(joint.current());
        if (joint.isMajority(jointly) && after.isMajority(alone)) {
            assertThat(intersection(intersection(jointly, alone), joint.current()))
                    .isNotEmpty();
        }
        if (!joint.previous().isEmpty()) {
            VoterSets<Integer> before = VoterSets.of(joint.previous());
            if (joint.isMajority(jointly) && before.isMajority(alone)) {
                assertThat(intersection(intersection(jointly, alone), joint.previous()))
                        .isNotEmpty();
            }
        }
    }

    @Property
    void aMajorityIsLostByNoPeerMoreAndByAnyMinorityLess(
            @ForAll("voters") VoterSets<Integer> voters,
            @ForAll("peers") Set<Integer> acknowledged,
            @ForAll @IntRange(min = 1, max = PEERS) int more) {
        Set<Integer> larger = new HashSet<>(acknowledged);
        larger.add(more);
        assertThat(!voters.isMajority(acknowledged) || voters.isMajority(larger))
                .isTrue();
        assertThat(voters.isMajority(voters.all())).isTrue();
        assertThat(voters.isMajority(Set.of())).isFalse();
    }

    @Property
    void theRestOfAMajorityIsNoMajority(
            @ForAll("voters") VoterSets<Integer> voters, @ForAll("peers") Set<Integer> acknowledged) {
        Set<Integer> rest = voters.missing(acknowledged);
        assertThat(voters.isMajority(acknowledged) && voters.isMajority(rest)).isFalse();
        assertThat(intersection(rest, acknowledged)).isEmpty();
    }

    @Property
    void aQuorumIsAMajorityWithAtLeastNCurrentVoters(
            @ForAll("voters") VoterSets<Integer> voters,
            @ForAll("peers") Set<Integer> acknowledged,
            @ForAll @IntRange(min = 1, max = PEERS + 1) int n) {
        int current = intersection(acknowledged, voters.current()).size();
        int previous = intersection(acknowledged, voters.previous()).size();
        boolean expected = voters.isMajority(acknowledged)
                && current >= n
                && previous >= Math.min(n, voters.previous().size());
        assertThat(voters.isQuorum(acknowledged, n)).isEqualTo(expected);
    }

    @Test
    void aMajorityIsMoreThanHalf() {
        assertThat(VoterSets.majority(1)).isEqualTo(1);
        assertThat(VoterSets.majority(2)).isEqualTo(2);
        assertThat(VoterSets.majority(3)).isEqualTo(2);
        assertThat(VoterSets.majority(4)).isEqualTo(3);
        assertThat(VoterSets.of(Set.of(1, 2, 3, 4)).isMajority(Set.of(1, 2))).isFalse();
        assertThat(VoterSets.of(Set.of(1, 2, 3, 4)).isMajority(Set.of(1, 2, 4))).isTrue();
    }

    @Test
    void aPeerThatDoesNotVoteDoesNotCount() {
        assertThat(VoterSets.of(Set.of(1, 2, 3)).isMajority(Set.of(1, 7, 8, 9))).isFalse();
    }

    @Test
    void aChangeNeedsBothMajorities() {
        VoterSets<Integer> change = new VoterSets<>(Set.of(3, 4, 5), Set.of(1, 2, 3));
        assertThat(change.isMajority(Set.of(3, 4, 5))).isFalse();
        assertThat(change.isMajority(Set.of(1, 2, 3))).isFalse();
        assertThat(change.isMajority(Set.of(1, 3, 4))).isTrue();
        assertThat(change.missing(Set.of(1, 3, 4))).containsExactly(2, 5);
        assertThat(change.all()).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void refusesAConfigurationWithoutVoters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VoterSets.of(Set.<Integer>of()))
                .withMessage("no voter");
    }

    private static Set<Integer> intersection(Set<Integer> one, Set<Integer> other) {
        Set<Integer> both = new HashSet<>(one);
        both.retainAll(other);
        return both;
    }
}
