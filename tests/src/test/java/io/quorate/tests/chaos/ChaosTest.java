package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.ReadPreference;
import io.quorate.tests.history.CheckBudget;
import io.quorate.tests.history.CheckResult;
import io.quorate.tests.history.HistoryCheck;
import io.quorate.tests.history.HistoryReader;
import io.quorate.tests.history.LinearizabilityChecker;
import io.quorate.tests.history.Operation;
import io.quorate.tests.history.Verdict;
import io.quorate.wal.log.ReadConsistency;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients of three node processes that are killed, stopped and cut off from one another, as drawn from a seed. The history of what the
 * clients were told is linearizable, replicas end equal, and every acknowledged entry of a log is on every voter, each once. The same
 * check finds a history that is not: one in which an acknowledged write is lost, and one whose reads were not linearizable.
 */
@Tag("chaos")
class ChaosTest {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("chaos.seconds", 120));
    private static final Duration LONG_ENOUGH_FOR_ALL_FAULTS = Duration.ofSeconds(60);
    private static final Duration CONTROL_TIME = Duration.ofSeconds(20);
    private static final List<ReadPreference> LEADER_AND_FOLLOWERS =
            List.of(ReadPreference.PRIMARY, ReadPreference.SECONDARY);

    private final long seed = Long.getLong("chaos.seed", new Random().nextLong());

    @Test
    void historyIsLinearizableAndNothingAcknowledgedIsLost() throws Exception {
        ChaosRun run = new ChaosRun(
                "mixed", seed, List.of(FaultKind.values()), ReadConsistency.LINEARIZABLE, LEADER_AND_FOLLOWERS);
        run.run(TIME);
        run.assertThatThereWasSomethingToCheck();
        if (TIME.compareTo(LONG_ENOUGH_FOR_ALL_FAULTS) >= 0) {
            run.assertThatEveryKindOfFaultHappened();
        }
        CheckResult result = check(run);
        assertThat(result.verdict())
                .as("%s\n%s", run.history(), result.describe())
                .isEqualTo(Verdict.LINEARIZABLE);

        List<Operation> planted = LostWrite.plantIn(HistoryReader.read(run.history()));
        assertThat(new LinearizabilityChecker(CheckBudget.standard())
                        .check(planted)
                        .verdict())
                .as("the test of the test: an acknowledged write lost from %s", run.history())
                .isEqualTo(Verdict.VIOLATION);
    }

    /** Followers that are cut off answer such reads with what they have: the same clients, faults and check must find it. */
    @Test
    void eventualReadsTakenForLinearizableAreFound() throws Exception {
        ChaosRun run = new ChaosRun(
                "control",
                seed,
                List.of(FaultKind.PARTITION, FaultKind.ONE_WAY),
                ReadConsistency.EVENTUAL,
                LEADER_AND_FOLLOWERS);
        run.run(CONTROL_TIME);
        assertThat(check(run).verdict()).as("%s", run.history()).isEqualTo(Verdict.VIOLATION);
    }

    private static CheckResult check(ChaosRun run) throws IOException {
        CheckResult result = HistoryCheck.run(run.history());
        run.report().add(run.history() + ": " + result.describe());
        return result;
    }
}
