package io.quorate.cli.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AckGapTest {
    @Test
    void theLongestTimeBetweenTwoAcknowledgementsIsTheGap() {
        AckGap gap = new AckGap(0);
        gap.acknowledged(0, 10);
        gap.acknowledged(5, 70);
        gap.acknowledged(60, 80);
        assertThat(gap.longest(90)).isEqualTo(60);
    }

    @Test
    void aGapThatIsStillOpenCounts() {
        AckGap gap = new AckGap(0);
        gap.acknowledged(0, 10);
        assertThat(gap.longest(500)).isEqualTo(490);
    }

    @Test
    void beginForgetsEarlierGapsButNotTheOneThatIsOpen() {
        AckGap gap = new AckGap(0);
        gap.acknowledged(0, 1_000);
        gap.begin(1_030);
        gap.acknowledged(1_031, 1_050);
        assertThat(gap.longest(1_050))
                .as("since the acknowledgement before the begin")
                .isEqualTo(50);
    }

    /** Else a leader that answers once more while it is being stopped ends the round, and the gap is cut where the round ends. */
    @Test
    void whatTheOldLeaderAnswersWhileItIsBeingStoppedDoesNotEndTheGap() {
        AckGap gap = new AckGap(0);
        gap.begin(100);
        gap.acknowledged(101, 102);
        gap.disturbed(103);
        assertThat(gap.isOver()).isFalse();
        gap.acknowledged(102, 104);
        assertThat(gap.isOver()).isFalse();
        gap.acknowledged(105, 4_000);
        assertThat(gap.isOver()).isTrue();
        assertThat(gap.longest(4_001)).isEqualTo(3_896);
    }

    @Test
    void anAnswerToWhatWasSentBeforeTheBeginDoesNotEndIt() {
        AckGap gap = new AckGap(0);
        gap.begin(100);
        gap.acknowledged(90, 105);
        assertThat(gap.isOver()).as("the old leader's answer was under way").isFalse();
        gap.acknowledged(101, 300);
        assertThat(gap.isOver()).isTrue();
        gap.begin(400);
        assertThat(gap.isOver()).isFalse();
    }
}
