package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.ProgressWatch.Finding;
import io.quorate.statemachine.raft.ProgressWatch.Progress;
import io.quorate.statemachine.raft.ProgressWatch.Standstill;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressWatchTest {
    private static final Progress IDLE = new Progress(7, 7, 7, 7);

    private final ProgressWatch watch = new ProgressWatch(Duration.ofSeconds(10));
    private long seconds;

    /** Looks each second. */
    private Optional<Standstill> after(int times, Progress progress) {
        Optional<Finding> last = Optional.empty();
        for (int i = 0; i < times; i++) {
            seconds++;
            last = watch.look(Duration.ofSeconds(seconds).toNanos(), progress);
        }
        return last.map(Finding::what);
    }

    @Test
    void whereNothingWaitsNothingHangs() {
        assertThat(after(1000, IDLE)).isEmpty();
        assertThat(after(1000, new Progress(-1, -1, -1, -1))).isEmpty();
    }

    @Test
    void aLogThatTakesNothingToTheDiskWhileEntriesWaitHangsBeyondTheLimit() {
        after(100, IDLE);
        assertThat(after(11, new Progress(9, 7, 7, 7))).as("ten seconds").isEmpty();
        assertThat(after(1, new Progress(12, 7, 7, 7))).contains(Standstill.LOG);
        assertThat(after(1, new Progress(12, 8, 8, 8))).as("it moved").isEmpty();
        assertThat(after(1, new Progress(12, 12, 12, 12))).isEmpty();
    }

    @Test
    void aSlowLogIsNoHangingOne() {
        for (long flushed = 0; flushed < 100; flushed++) {
            assertThat(after(9, new Progress(1000, flushed, 0, 0))).isEmpty();
        }
    }

    @Test
    void anApplyThatDoesNotReturnHangsBehindACommit() {
        assertThat(after(11, new Progress(9, 9, 9, 7))).isEmpty();
        assertThat(after(1, new Progress(20, 20, 20, 7))).contains(Standstill.APPLY);
        assertThat(after(1, new Progress(20, 20, 20, 8))).isEmpty();
    }

    @Test
    void theLogIsNamedFirstSinceApplyMayWaitForIt() {
        assertThat(after(12, new Progress(9, 7, 9, 7))).contains(Standstill.LOG);
    }

    @Test
    void aLogThatIsCutBackBeginsAnew() {
        after(8, new Progress(9, 7, 7, 7));
        assertThat(after(8, new Progress(9, 5, 5, 5))).isEmpty();
    }

    @Test
    void aProcessThatWasStoppedDidNotWaitForItsDisk() {
        after(5, new Progress(9, 7, 7, 7));
        seconds += 3600;
        assertThat(after(1, new Progress(9, 7, 7, 7))).isEmpty();
    }

    @Test
    void theMessageSaysWhereItStandsAndWhatToDo() {
        after(11, new Progress(9, 7, 7, 7));
        assertThat(watch.look(Duration.ofSeconds(12).toNanos(), new Progress(9, 7, 7, 7)))
                .get()
                .extracting(Finding::message)
                .asString()
                .contains("up to 9 wait", "behind 7", "10 s", "look at the disk");
    }
}
