package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What goes into which Raft entry. All runs in the test's thread: an entry ends when the test says so. */
class RaftBatcherTest {
    private static final ClusterId CLUSTER = new ClusterId(UUID.randomUUID());
    private static final int MAX_IN_FLIGHT = 4;
    private static final int MAX_RECORDS = 100;
    private static final int QUEUE = 1000;

    /** An entry that consensus has not answered yet. */
    private record Submitted(PendingBatch batch, CompletableFuture<RaftBatcher.SubmitResult> answer) {
        int size() {
            return batch.appends().size();
        }

        List<String> payloads() {
            return batch.appends().stream()
                    .map(append -> append.record().payload().utf8())
                    .toList();
        }
    }

    private final ArrayDeque<Submitted> inFlight = new ArrayDeque<>();
    private final List<String> submittedPayloads = new ArrayList<>();
    private final Map<Integer, AppendOutcome> outcomes = new TreeMap<>();
    private boolean ready = true;
    private int appended;
    private final RaftBatcher batcher = batcher(1 << 20);

    private RaftBatcher batcher(int maxBatchBytes) {
        return batcher(maxBatchBytes, 1 << 20);
    }

    private RaftBatcher batcher(int maxBatchBytes, long maxQueuedBytes) {
        return new RaftBatcher(
                new BatchLimits(1024, maxBatchBytes, MAX_RECORDS, MAX_IN_FLIGHT, QUEUE, maxQueuedBytes),
                () -> ready,
                records -> new EntryBatch(CLUSTER, Generation.FIRST, 1, records),
                batch -> {
                    Submitted submitted = new Submitted(batch, new CompletableFuture<>());
                    inFlight.add(submitted);
                    submittedPayloads.addAll(submitted.payloads());
                    return submitted.answer();
                },
                Runnable::run);
    }

    private PendingAppend next(int bytes, long deadlineNanos) {
        int number = appended++;
        String payload = number + " " + "x".repeat(bytes);
        return new PendingAppend(
                LogRecord.sessionless(EntryKind.USER, Bytes.utf8(payload)),
                WriteConcern.MAJORITY,
                deadlineNanos,
                (at, outcome) -> outcomes.put(number, outcome),
                0);
    }

    private static long never() {
        return System.nanoTime() + Long.MAX_VALUE / 2;
    }

    /** One append each, as of many connections. */
    private void append(int count) {
        for (int i = 0; i < count; i++) {
            batcher.append(List.of(next(0, never())));
        }
    }

    /** The oldest entry ends; it was applied. */
    private void end() {
        Submitted oldest = inFlight.remove();
        oldest.batch().markApplied();
        oldest.answer().complete(new RaftBatcher.SubmitResult(RejectReason.NOT_LEADER, "of no consequence"));
    }

    private List<Integer> sizes() {
        return inFlight.stream().map(Submitted::size).toList();
    }

    @Test
    void theFirstAppendGoesAtOnceAndAloneWriterNeverWaits() {
        for (int i = 0; i < 10; i++) {
            append(1);
            assertThat(sizes()).containsExactly(1);
            assertThat(batcher.queued()).isZero();
            assertThat(batcher.isIdle()).isFalse();
            end();
            assertThat(batcher.isIdle()).isTrue();
        }
    }

    @Test
    void aFurtherEntryGoesOnceItCarriesAFairShareOfWhatIsOnTheWay() {
        batcher.append(IntStream.range(0, 10).mapToObj(i -> next(0, never())).toList());
        assertThat(sizes()).containsExactly(10);
        append(9);
        assertThat(sizes()).as("nine are no fair share of ten").containsExactly(10);
        append(1);
        assertThat(sizes()).containsExactly(10, 10);
        append(30);
        assertThat(sizes())
                .as("several at a time, and never more than the limit")
                .containsExactly(10, 10, 10, 10);
        assertThat(batcher.inFlight()).isEqualTo(MAX_IN_FLIGHT);
        assertThat(batcher.queued()).isEqualTo(10);
        end();
        assertThat(sizes()).as("the next takes the place that became free").containsExactly(10, 10, 10, 10);
        assertThat(batcher.queued()).isZero();
    }

    @Test
    void whatManyConnectionsHaveWaitingSharesEntries() {
        append(256);
        int entries = inFlight.size();
        assertThat(entries).as("one each until the pipeline is full").isEqualTo(MAX_IN_FLIGHT);
        while (!inFlight.isEmpty()) {
            int before = inFlight.size();
            end();
            entries += inFlight.size() - before + 1;
        }
        assertThat(entries).as("the others by the hundred").isEqualTo(MAX_IN_FLIGHT + 3);
        assertThat(submittedPayloads).hasSize(256);
        assertThat(batcher.queued()).isZero();
    }

    @Test
    void anEntryIsBoundedByCountAndByBytes() {
        ready = false;
        append(MAX_RECORDS + 1);
        ready = true;
        batcher.pump();
        assertThat(sizes()).containsExactly(MAX_RECORDS);
        end();
        end();

        RaftBatcher narrow = batcher(2048);
        ready = false;
        narrow.append(IntStream.range(0, 5).mapToObj(i -> next(900, never())).toList());
        ready = true;
        narrow.pump();
        assertThat(sizes()).as("a third would not fit").containsExactly(2, 2);
        assertThat(narrow.queued()).as("not a fair share of two").isEqualTo(1);
        for (Submitted submitted : inFlight) {
            assertThat(submitted.batch().appends().stream()
                            .mapToInt(append -> append.record().length())
                            .sum())
                    .isLessThanOrEqualTo(2048);
        }
    }

    @Test
    void nothingGoesWhileTheLeaderIsNotReadyOrIsHeld() {
        ready = false;
        append(5);
        assertThat(inFlight).isEmpty();
        ready = true;
        batcher.pump();
        assertThat(sizes()).containsExactly(5);
        CompletableFuture<Void> drained = batcher.hold();
        append(7);
        assertThat(drained).isNotDone();
        end();
        assertThat(drained).isDone();
        assertThat(inFlight).isEmpty();
        batcher.release();
        assertThat(sizes()).containsExactly(7);
    }

    @Test
    void whatIsExpiredInTheQueueIsNeverSubmittedAndWhatWasSubmittedIsUndecided() {
        batcher.append(List.of(next(0, System.nanoTime() - 1)));
        assertThat(inFlight).isEmpty();
        assertRejected(0, RejectReason.DEADLINE);

        long soon = System.nanoTime() + Long.MAX_VALUE / 4;
        ready = false;
        batcher.append(List.of(next(0, soon), next(0, never())));
        batcher.expire(soon);
        assertRejected(1, RejectReason.DEADLINE);
        ready = true;
        batcher.pump();
        assertThat(submittedPayloads).containsExactly("2 ");

        batcher.append(List.of(next(0, soon)));
        inFlight.getLast().batch().markHandedOver(null);
        batcher.expire(soon);
        assertThat(outcomes.get(3)).isInstanceOf(Indeterminate.class);
        assertThat(outcomes).doesNotContainKey(2);
    }

    private void assertRejected(int append, RejectReason reason) {
        assertThat(outcomes.get(append))
                .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                        .isEqualTo(reason));
    }

    @Test
    void theQueueIsBoundedAndWhatIsBeyondItIsRefusedAtOnce() {
        ready = false;
        append(QUEUE + 10);
        assertThat(batcher.queued()).isEqualTo(QUEUE);
        assertThat(outcomes).hasSize(10);
        outcomes.keySet().forEach(append -> assertRejected(append, RejectReason.QUEUE_FULL));
        assertThat(outcomes.keySet()).allMatch(append -> append >= QUEUE);
        batcher.append(List.of(next(2000, never())));
        assertRejected(QUEUE + 10, RejectReason.TOO_LARGE);
        batcher.close();
        assertThat(outcomes).hasSize(QUEUE + 11);
        assertThat(batcher.queuedBytes()).isZero();
    }

    @Test
    void whatComesBehindARefusedOneOfItsGroupIsRefusedToo() {
        RaftBatcher narrow = batcher(2048, 2048);
        ready = false;
        narrow.append(List.of(
                next(900, never()), next(2000, never()), next(900, never()), next(900, never()), next(0, never())));
        assertThat(narrow.queued()).isEqualTo(2);
        assertRejected(1, RejectReason.TOO_LARGE);
        assertRejected(3, RejectReason.QUEUE_FULL);
        assertRejected(4, RejectReason.QUEUE_FULL);
        narrow.append(List.of(next(0, never())));
        assertThat(narrow.queued()).as("another group, for which there is room").isEqualTo(3);
        assertThat(outcomes).hasSize(3);
    }

    /** Whatever comes and ends in whatever order: everything is submitted once, in the order of its arrival, within the bounds. */
    @Property(tries = 200)
    void everyAppendIsSubmittedOnceInOrder(@ForAll @Size(max = 60) List<@IntRange(min = -3, max = 40) Integer> steps) {
        for (int step : steps) {
            if (step > 0) {
                batcher.append(
                        IntStream.range(0, step).mapToObj(i -> next(0, never())).toList());
            } else if (!inFlight.isEmpty()) {
                end();
            }
            assertThat(inFlight.size()).isLessThanOrEqualTo(MAX_IN_FLIGHT);
            assertThat(sizes()).allMatch(size -> size <= MAX_RECORDS);
            assertThat(batcher.queued() == 0 || !inFlight.isEmpty())
                    .as("nothing waits while nothing is on the way")
                    .isTrue();
        }
        while (!inFlight.isEmpty()) {
            end();
        }
        assertThat(batcher.queued()).isZero();
        assertThat(outcomes.values())
                .allSatisfy(outcome -> assertThat(((Rejected) outcome).reason()).isEqualTo(RejectReason.QUEUE_FULL));
        List<String> expected = IntStream.range(0, appended)
                .filter(append -> !outcomes.containsKey(append))
                .mapToObj(append -> append + " ")
                .toList();
        assertThat(submittedPayloads).isEqualTo(expected);
    }
}
