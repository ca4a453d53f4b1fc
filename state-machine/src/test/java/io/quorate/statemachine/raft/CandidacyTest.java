package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.topology.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CandidacyTest {
    private final List<String> asked = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private CompletableFuture<Void> pausing = CompletableFuture.completedFuture(null);
    private boolean candidate;
    private int reopened;

    private final Candidacy candidacy = new Candidacy(
            new ShardId("s1"),
            new Candidacy.Elections() {
                @Override
                public CompletableFuture<?> pause() {
                    asked.add("pause");
                    return pausing;
                }

                @Override
                public CompletableFuture<?> resume() {
                    asked.add("resume");
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public void stepDown() {
                    asked.add("step down");
                }

                @Override
                public boolean isCandidate() {
                    return candidate;
                }
            },
            Runnable::run,
            later::add,
            () -> reopened++);

    private void anElectionLater() {
        later.forEach(Runnable::run);
    }

    @Test
    void whoIsHealedAtOnceCampaignsInTheEndHoweverLongThePauseTakes() {
        pausing = new CompletableFuture<>();
        candidacy.abdicate();
        candidacy.campaignAgain();
        assertThat(asked).containsExactly("pause");
        pausing.complete(null);
        assertThat(asked).containsExactly("pause", "step down", "resume");
    }

    @Test
    void whatFailsKeepsNothingBack() {
        pausing = CompletableFuture.failedFuture(new IllegalStateException("planted"));
        candidacy.abdicate();
        candidacy.campaignAgain();
        assertThat(asked).containsExactly("pause", "step down", "resume");
    }

    @Test
    void aCandidateThatIsOneStillAnElectionAfterThePauseIsOpenedAnew() {
        candidacy.abdicate();
        candidate = true;
        candidacy.campaignAgain();
        assertThat(reopened).isZero();
        anElectionLater();
        assertThat(reopened).isEqualTo(1);
    }

    @Test
    void whoIsFollowerOrHasFoundALeaderMeanwhileStaysOpen() {
        candidacy.abdicate();
        candidacy.campaignAgain();
        assertThat(later).isEmpty();
        candidacy.abdicate();
        candidate = true;
        candidacy.campaignAgain();
        candidate = false;
        anElectionLater();
        assertThat(reopened).isZero();
    }
}
