package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.topology.ShardId;
import io.quorate.wal.log.ReadUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadProbeTest {
    private final TestGroup group = new TestGroup("a", "b", "c");
    private final TestPeers peers = new TestPeers();
    private final ShardMetrics metrics = new ShardMetrics(new ShardId("s1"));
    private final ReadProbe probe = new ReadProbe(group, UUID.randomUUID(), peers, metrics);

    private void confirm() {
        peers.take().answer().complete(new PeerCalls.LogState(1, 0, 0));
    }

    @Test
    void aMajorityInTheSameTermConfirmsTheLeader() {
        CompletableFuture<Long> read = probe.readIndex();
        assertThat(read).isNotDone();
        confirm();
        assertThat(read).isCompletedWithValue(group.committedIndex());
    }

    @Test
    void aRoundEndsAlsoWithAVoterWhoseAddressIsGoneAndTheNextBegins() {
        group.become("a");
        group.leave("b"); // two voters become one: b's address is gone with the configuration
        CompletableFuture<Long> read = probe.readIndex();
        assertThatThrownBy(read::join).hasCauseInstanceOf(ReadUnavailableException.class);
        group.become("a", "b");
        CompletableFuture<Long> next = probe.readIndex();
        confirm();
        assertThat(next).isCompletedWithValue(group.committedIndex());
    }

    @Test
    void aRoundEndsWhenNoMajorityCanAnswerAnyMore() {
        CompletableFuture<Long> read = probe.readIndex();
        CompletableFuture<Long> later = probe.readIndex();
        peers.take().answer().completeExceptionally(new IllegalStateException("down"));
        assertThat(read).isNotDone();
        peers.take().answer().completeExceptionally(new IllegalStateException("down"));
        assertThatThrownBy(read::join).hasCauseInstanceOf(ReadUnavailableException.class);
        confirm();
        assertThat(later).isCompletedWithValue(group.committedIndex());
    }

    @Test
    void readsThatCameBeforeARoundBeganShareItAndCostOneQuestionToEachVoter() {
        CompletableFuture<Long> first = probe.readIndex();
        List<CompletableFuture<Long>> waiting = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            waiting.add(probe.readIndex());
        }
        assertThat(peers.open()).as("questions to the two others").hasSize(2);
        confirm();
        assertThat(first).isDone();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        peers.take();
        assertThat(peers.open()).as("one further round for all thousand").hasSize(2);
        confirm();
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        peers.take();
        assertThat(peers.open()).as("no round without a read").isEmpty();
        assertThat(metrics.registry()
                        .getTimers()
                        .get("quorate.read.probe;shard=s1")
                        .getCount())
                .isEqualTo(2);
    }

    @Test
    void roundsOfASingleVoterFollowEachOtherHoweverManyThereAre() {
        AtomicInteger left = new AtomicInteger(100_000);
        CompletableFuture<Long> last = new CompletableFuture<>();
        probe.readIndex();
        readAgain(probe.readIndex(), left, last);
        group.become("a");
        confirm();
        assertThat(last).isCompletedWithValue(group.committedIndex());
    }

    /** As whoever reads one thing after another. */
    private void readAgain(CompletableFuture<Long> read, AtomicInteger left, CompletableFuture<Long> last) {
        read.whenComplete((index, failure) -> {
            if (failure != null) {
                last.completeExceptionally(failure);
            } else if (left.decrementAndGet() == 0) {
                last.complete(index);
            } else {
                readAgain(probe.readIndex(), left, last);
            }
        });
    }

    @Test
    void aHigherTermEndsTheRound() {
        CompletableFuture<Long> read = probe.readIndex();
        peers.take().answer().complete(new PeerCalls.LogState(2, 0, 0));
        assertThatThrownBy(read::join).hasCauseInstanceOf(ReadUnavailableException.class);
    }
}
