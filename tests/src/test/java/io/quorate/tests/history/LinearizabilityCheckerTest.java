package io.quorate.tests.history;

import static io.quorate.tests.history.Histories.cas;
import static io.quorate.tests.history.Histories.check;
import static io.quorate.tests.history.Histories.failed;
import static io.quorate.tests.history.Histories.ok;
import static io.quorate.tests.history.Histories.read;
import static io.quorate.tests.history.Histories.unknown;
import static io.quorate.tests.history.Histories.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small histories of which a person can see what they are; the brute-force checker has to agree on each. */
class LinearizabilityCheckerTest {
    private static void assertGood(Operation... history) {
        assertThat(BruteForce.isLinearizable(List.of(history))).isTrue();
        assertThat(check(List.of(history)).verdict()).isEqualTo(Verdict.LINEARIZABLE);
    }

    private static void assertBad(Operation... history) {
        assertThat(BruteForce.isLinearizable(List.of(history))).isFalse();
        CheckResult result = check(List.of(history));
        assertThat(result.verdict()).isEqualTo(Verdict.VIOLATION);
        assertThat(result.violatingKeys()).containsExactly(Histories.KEY);
    }

    @Test
    void anEmptyHistoryIsLinearizable() {
        assertThat(check(List.of()).verdict()).isEqualTo(Verdict.LINEARIZABLE);
    }

    @Test
    void aKeyStartsAbsentAndADeleteMakesItAbsentAgain() {
        assertGood(ok(read(null), 0, 1), ok(write("1"), 2, 3), ok(write(null), 4, 5), ok(read(null), 6, 7));
        assertBad(ok(write("1"), 0, 1), ok(read(null), 2, 3));
    }

    @Test
    void aReadDuringAWriteMaySeeEitherValue() {
        assertGood(ok(write("1"), 0, 1), ok(write("2"), 2, 9), ok(read("1"), 3, 4));
        assertGood(ok(write("1"), 0, 1), ok(write("2"), 2, 9), ok(read("2"), 3, 4));
    }

    @Test
    void anOrderOfConcurrentWritesIsFoundThatIsNotThatOfTheirInvokes() {
        assertGood(ok(write("1"), 0, 9), ok(write("2"), 1, 8), ok(read("2"), 2, 3), ok(read("1"), 4, 5));
    }

    @Test
    void aStaleReadIsAViolation() {
        assertBad(ok(write("1"), 0, 1), ok(write("2"), 2, 3), ok(read("1"), 4, 5));
    }

    @Test
    void aLostWriteIsAViolation() {
        assertBad(ok(write("1"), 0, 1), ok(read("1"), 2, 3), ok(write("2"), 4, 5), ok(read("1"), 6, 7));
        assertBad(ok(write("1"), 0, 1), ok(read(null), 2, 3));
    }

    @Test
    void aCompareAndSetThatSucceededTwiceIsAViolation() {
        assertBad(ok(write("1"), 0, 1), ok(cas("1", "2"), 2, 9), ok(cas("1", "3"), 3, 8));
        assertBad(ok(cas(null, "1"), 0, 9), ok(cas(null, "2"), 1, 8));
    }

    @Test
    void aCompareAndSetThatMatchedOnceForEachWriteIsFine() {
        assertGood(ok(write("1"), 0, 1), ok(cas("1", "2"), 2, 9), ok(write("1"), 4, 5), ok(cas("1", "3"), 3, 8));
    }

    @Test
    void aCompareAndSetThatDidNotFindWhatItExpectedIsAViolation() {
        assertBad(ok(write("1"), 0, 1), ok(cas("2", "3"), 2, 3));
    }

    @Test
    void aReadOfAFailedWriteIsAViolation() {
        assertBad(failed(write("1"), 0, 9), ok(read("1"), 2, 3));
        assertBad(failed(cas(null, "1"), 0, 9), ok(read("1"), 2, 3));
    }

    @Test
    void aFailedWriteAndAFailedReadMakeNoDifference() {
        assertGood(ok(write("1"), 0, 1), failed(write("2"), 2, 3), failed(read(null), 2, 4), ok(read("1"), 5, 6));
    }

    @Test
    void aReadOfAValueBeforeItsInvokeIsAViolation() {
        assertBad(ok(read("1"), 0, 1), ok(write("1"), 2, 3));
        assertBad(ok(read("1"), 0, 1), unknown(write("1"), 2));
        assertBad(ok(cas("1", "2"), 0, 1), unknown(write("1"), 2), ok(read("2"), 3, 4));
    }

    @Test
    void readsOfTwoProcessesThatGoBackInTimeAreAViolation() {
        assertBad(
                ok(write("1"), 0, 1),
                ok(write("2"), 2, 20),
                ok(read("2"), 3, 4),
                ok(read("1"), 5, 6),
                ok(read("2"), 7, 8));
    }

    @Test
    void concurrentReadsOfTwoProcessesMayDisagree() {
        assertGood(ok(write("1"), 0, 1), ok(write("2"), 2, 20), ok(read("2"), 3, 6), ok(read("1"), 5, 8));
    }

    @Test
    void operationsThatTouchAtOneMomentAreConcurrent() {
        assertGood(ok(write("1"), 0, 5), ok(read(null), 5, 5), ok(read("1"), 5, 6));
        assertBad(ok(write("1"), 0, 4), ok(read(null), 5, 5));
    }

    @Test
    void anUnknownWriteMayHappenLateOrNever() {
        assertGood(unknown(write("1"), 0), ok(read(null), 2, 3));
        assertGood(unknown(write("1"), 0), ok(read(null), 2, 3), ok(read("1"), 90, 91));
        assertGood(unknown(write("1"), 0), ok(write("2"), 2, 3), ok(read("2"), 4, 5), ok(read("1"), 6, 7));
    }

    @Test
    void anUnknownWriteHappensAtMostOnce() {
        assertBad(unknown(write("1"), 0), ok(read("1"), 2, 3), ok(write("2"), 4, 5), ok(read("1"), 6, 7));
        assertGood(
                unknown(write("1"), 0),
                unknown(write("1"), 1),
                ok(read("1"), 2, 3),
                ok(write("2"), 4, 5),
                ok(read("1"), 6, 7));
    }

    @Test
    void anUnknownCompareAndSetNeedsWhatItExpects() {
        assertGood(ok(write("1"), 0, 1), unknown(cas("1", "2"), 2), ok(read("2"), 4, 5));
        assertBad(ok(write("1"), 0, 1), unknown(cas("3", "2"), 2), ok(read("2"), 4, 5));
    }

    @Test
    void unknownOperationsFollowOneAnotherWhenARequiredOneNeedsTheLast() {
        assertGood(unknown(write("1"), 0), unknown(cas("1", "2"), 1), unknown(cas("2", "3"), 2), ok(read("3"), 4, 5));
        assertBad(unknown(write("1"), 0), unknown(cas("2", "3"), 2), ok(read("3"), 4, 5));
        // Two ways to "2", so that it is not known beforehand which one was taken.
        assertGood(
                unknown(write("1"), 0),
                unknown(cas("1", "2"), 1),
                unknown(cas("4", "2"), 1),
                ok(read("2"), 4, 5),
                ok(write("1"), 6, 7),
                ok(read("1"), 8, 9));
    }

    @Test
    void anUnknownReadMakesNoDifference() {
        assertGood(ok(write("1"), 0, 1), unknown(read(null), 2), ok(read("1"), 4, 5));
    }

    @Test
    void anOperationThatIsOpenForLongCanBePlacedAtItsEnd() {
        assertGood(
                ok(write("1"), 0, 100),
                ok(write("2"), 1, 2),
                ok(read("2"), 3, 4),
                ok(read("2"), 5, 6),
                ok(read("1"), 99, 101));
    }

    @Test
    void equalWritesAreToldApartByTime() {
        assertGood(
                ok(write("1"), 0, 9),
                ok(write("1"), 1, 4),
                ok(write("2"), 2, 8),
                ok(read("1"), 5, 6),
                ok(read("2"), 10, 11));
        assertBad(ok(write("1"), 0, 1), ok(write("1"), 2, 3), ok(write("2"), 4, 5), ok(read("1"), 6, 7));
    }

    @Test
    void keysAreCheckedByThemselves() {
        Operation other = new Operation(9, "other", write("1"), Outcome.OK, 2, 3);
        Operation wrong = new Operation(9, "other", read("2"), Outcome.OK, 4, 5);
        List<Operation> history = List.of(ok(write("2"), 0, 1), other, wrong, ok(read("2"), 6, 7));

        CheckResult result = check(history);

        assertThat(result.verdict()).isEqualTo(Verdict.VIOLATION);
        assertThat(result.violatingKeys()).containsExactly("other");
        assertThat(result.keys()).isEqualTo(2);
        assertThat(result.operations()).isEqualTo(4);
    }

    @Test
    void theOrderOfTheCollectionDoesNotMatter() {
        List<Operation> history = new ArrayList<>(
                List.of(ok(write("1"), 0, 1), ok(write("2"), 2, 3), ok(read("2"), 4, 5), ok(cas("2", "1"), 6, 7)));
        Collections.reverse(history);
        assertThat(check(history).verdict()).isEqualTo(Verdict.LINEARIZABLE);
    }

    @Test
    void aBudgetThatEndsGivesUndecidedWithTheReason() {
        List<Operation> hard = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            hard.add(ok(write("v" + i), i, 100 + i));
            hard.add(ok(read("v" + (11 - i)), 120 + 10 * i, 230));
            hard.add(ok(write("v" + i), i, 240));
        }
        CheckResult result = new LinearizabilityChecker(new CheckBudget(10, 1 << 20)).check(hard);

        assertThat(result.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(result.undecided()).hasSize(1);
        assertThat(result.undecided().get(0).reason()).isEqualTo("explored 10 configurations");
        assertThat(result.describe()).startsWith("UNDECIDED").contains("explored 10 configurations");
    }

    @Test
    void aViolationOfOneKeyIsToldAlsoWhenAnotherKeyIsUndecided() {
        List<Operation> history = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            history.add(ok(write("v" + i % 3), i, 100 + i));
            history.add(ok(read("v" + i % 3), 120 + 10 * i, 250));
            history.add(ok(write("v" + i % 3), i, 240));
        }
        history.add(new Operation(1, "bad", read("1"), Outcome.OK, 0, 1));
        CheckResult result = new LinearizabilityChecker(new CheckBudget(1, 1 << 20)).check(history);

        assertThat(result.verdict()).isEqualTo(Verdict.VIOLATION);
        assertThat(result.violatingKeys()).containsExactly("bad");
        assertThat(result.undecided()).extracting(UndecidedKey::key).containsExactly(Histories.KEY);
    }
}
