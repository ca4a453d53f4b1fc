package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReopeningTest {
    private static final long NOW = Long.MAX_VALUE - 5; // System.nanoTime() may overflow
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Reopening reopening = new Reopening();
    private final UUID group = UUID.randomUUID();
    private final List<UUID> tried = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Optional<String> failure = Optional.of("full");

    private final Reopening.Groups groups = new Reopening.Groups() {
        @Override
        public Optional<String> open(UUID wanted) {
            tried.add(wanted);
            return failure;
        }

        @Override
        public void failed(UUID wanted, String cause, Duration untilNextTry) {
            told.add(cause + " " + untilNextTry.toSeconds());
        }
    };

    private boolean tries(long nowNanos) {
        boolean begins = reopening.begins(nowNanos);
        if (begins) {
            reopening.tryDue(groups);
        }
        return begins;
    }

    @Test
    void nothingBeginsUnlessAGroupIsWanted() {
        assertThat(reopening.begins(NOW)).isFalse();
        reopening.want(group);
        reopening.want(group);
        failure = Optional.empty();
        assertThat(tries(NOW)).isTrue();
        assertThat(tried).containsExactly(group);
        assertThat(reopening.begins(NOW + SECOND)).isFalse();
    }

    @Test
    void oneTryAtATime() {
        reopening.want(group);
        assertThat(reopening.begins(NOW)).isTrue();
        assertThat(reopening.begins(NOW + 2 * SECOND)).isFalse();
        reopening.tryDue(groups);
        assertThat(reopening.begins(NOW + 2 * SECOND)).isTrue();
    }

    @Test
    void pausesBetweenTriesDoubleUpToAMinuteHoweverOftenItIsWanted() {
        List<Long> pauses = new ArrayList<>();
        reopening.want(group);
        assertThat(tries(NOW)).isTrue();
        long last = 0;
        for (long second = 1; pauses.size() < 8; second++) {
            reopening.want(group);
            assertThat(reopening.begins(NOW + second * SECOND - 1))
                    .as("a moment before second " + second)
                    .isFalse();
            if (tries(NOW + second * SECOND)) {
                pauses.add(second - last);
                last = second;
            }
        }
        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    }

    @Test
    void aCauseIsToldOnceUntilItIsAnother() {
        reopening.want(group);
        assertThat(tries(NOW)).isTrue();
        assertThat(tries(NOW + SECOND)).isTrue();
        failure = Optional.of("damaged");
        assertThat(tries(NOW + 3 * SECOND)).isTrue();
        assertThat(tries(NOW + 7 * SECOND)).isTrue();
        assertThat(told).containsExactly("full 1", "damaged 4");
    }

    @Test
    void aWishThatComesWhileTheGroupIsTriedIsNotLostWhenThatWorks() {
        reopening.want(group);
        assertThat(reopening.begins(NOW)).isTrue();
        reopening.tryDue(new Reopening.Groups() {
            @Override
            public Optional<String> open(UUID wanted) {
                reopening.want(wanted); // what was just opened has refused to lead already
                return Optional.empty();
            }

            @Override
            public void failed(UUID wanted, String cause, Duration untilNextTry) {
                throw new AssertionError(cause);
            }
        });
        failure = Optional.empty();
        assertThat(tries(NOW + 1)).isTrue();
        assertThat(tried).containsExactly(group);
    }

    @Test
    void aTryThatBreaksOffIsRepeatedLater() {
        reopening.want(group);
        assertThat(reopening.begins(NOW)).isTrue();
        assertThatThrownBy(() -> reopening.tryDue(new Reopening.Groups() {
                    @Override
                    public Optional<String> open(UUID wanted) {
                        throw new OutOfMemoryError("planted");
                    }

                    @Override
                    public void failed(UUID wanted, String cause, Duration untilNextTry) {
                        throw new AssertionError(cause);
                    }
                }))
                .hasMessage("planted");
        assertThat(tries(NOW + SECOND - 1)).isFalse();
        assertThat(tries(NOW + SECOND)).isTrue();
    }

    @Test
    void aGroupThatKeepsFailingDelaysNoOther() {
        UUID other = UUID.randomUUID();
        reopening.want(group);
        assertThat(tries(NOW)).isTrue();
        reopening.want(other);
        assertThat(tries(NOW + 1)).isTrue();
        assertThat(tried).containsExactly(group, other);
    }

    @Test
    void whatSomebodyElseOpenedIsLeftAlone() {
        reopening.want(group);
        reopening.done(group);
        assertThat(reopening.begins(NOW)).isFalse();
        reopening.want(group);
        assertThat(tries(NOW)).as("wanted anew: tried at once").isTrue();
    }
}
