package io.quorate.wal.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriterId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BatchSequencerTest {
    private static final SessionLimits LIMITS = new SessionLimits(2, 3, 1_000, 10_000, 100);

    private final WriterSessions sessions = new WriterSessions(LIMITS);
    private final BatchSequencer sequencer = new BatchSequencer(sessions, Lsn.ZERO, 0);
    private final List<LogEntry> applied = new ArrayList<>();

    private List<AppendOutcome> apply(long time, LogRecord... records) {
        EntryBatch batch = new EntryBatch(new ClusterId(new UUID(1, 2)), Generation.FIRST, time, List.of(records));
        return sequencer.apply(batch, 5, entry -> {
            applied.add(entry);
            return ApplyResult.of(entry.payload());
        });
    }

    private static LogRecord open(long ttlMillis) {
        return LogRecord.sessionless(EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(ttlMillis));
    }

    private static LogRecord of(EntryKind kind, long writer, long sequence, long lowWater) {
        return LogRecord.of(kind, new WriterId(writer), sequence, lowWater, Bytes.utf8("r"));
    }

    private static LogRecord user(long writer, long sequence, long lowWater) {
        return of(EntryKind.USER, writer, sequence, lowWater);
    }

    private static Committed ok(long lsn) {
        return new Committed(new Lsn(lsn), ApplyResult.OK);
    }

    private static Committed echoed(long lsn) {
        return new Committed(new Lsn(lsn), ApplyResult.of(Bytes.utf8("r")));
    }

    private static void assertRejected(AppendOutcome outcome, RejectReason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason())
                .isEqualTo(reason));
    }

    @Test
    void givesARecordThatComesTwiceInOneBatchOneLsnAndOneAnswer() {
        apply(0, open(50));
        assertThat(apply(0, user(1, 1, 0), user(1, 1, 0), user(1, 2, 0)))
                .containsExactly(echoed(2), echoed(2), echoed(3));
        assertThat(applied).hasSize(2);
    }

    @Test
    void showsTheApplicationTheEntryAsEveryReplicaSeesIt() {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("r"));
        apply(70, record);
        apply(60, record);
        assertThat(applied)
                .containsExactly(new LogEntry(new Lsn(1), 5, 70, record), new LogEntry(new Lsn(2), 5, 70, record));
    }

    @Test
    void answersSequencesInWhateverOrderTheyCome() {
        apply(0, open(50));
        assertThat(apply(0, user(1, 3, 0), user(1, 1, 0), user(1, 3, 0), user(1, 2, 0), user(1, 1, 0)))
                .containsExactly(echoed(2), echoed(3), echoed(2), echoed(4), echoed(3));
    }

    @Test
    void refusesWhatTheWriterHasAcknowledged() {
        apply(0, open(50));
        apply(0, user(1, 1, 0), user(1, 2, 1));
        assertRejected(apply(0, user(1, 1, 0)).get(0), RejectReason.ALREADY_ACKNOWLEDGED);
        assertThat(apply(0, user(1, 2, 0))).containsExactly(echoed(3));
    }

    @Test
    void refusesAWriterThatHoldsTooMuchUntilItAcknowledges() {
        apply(0, open(50));
        apply(0, user(1, 1, 0), user(1, 2, 0), user(1, 3, 0));
        assertRejected(apply(0, user(1, 4, 0)).get(0), RejectReason.SESSION_FULL);
        assertThat(apply(0, user(1, 2, 0))).as("a retry needs no room").containsExactly(echoed(3));
        assertThat(apply(0, user(1, 4, 1))).containsExactly(echoed(5));
    }

    /** A full session could not be closed: its close was refused as one record too many. */
    @Test
    void closesASessionThatIsFull() {
        apply(0, open(50));
        apply(0, user(1, 1, 0), user(1, 2, 0), user(1, 3, 0));
        assertThat(apply(0, of(EntryKind.SESSION_CLOSE, 1, 4, 0))).containsExactly(ok(5));
        assertThat(sessions.size()).isZero();
        assertThat(sessions.totalBytes()).isZero();
        assertRejected(apply(0, user(1, 1, 0)).get(0), RejectReason.SESSION_EXPIRED);
    }

    @Test
    void boundsWhatAllSessionsHoldTogether() {
        SessionLimits tight = new SessionLimits(2, 100, 1_000, 2 * WriterSession.RUN_BYTES, 100);
        BatchSequencer small = new BatchSequencer(new WriterSessions(tight), Lsn.ZERO, 0);
        EntryBatch batch = new EntryBatch(
                new ClusterId(new UUID(1, 2)),
                Generation.FIRST,
                0,
                List.of(open(50), open(50), user(1, 1, 0), user(2, 1, 0), user(1, 2, 0), user(2, 2, 1)));
        List<AppendOutcome> outcomes = small.apply(batch, 5, entry -> ApplyResult.OK);
        assertRejected(outcomes.get(4), RejectReason.SESSION_FULL);
        assertThat(outcomes.get(5)).isEqualTo(ok(5));
    }

    @Test
    void opensNoMoreSessionsThanAllowedAndGivesTheRefusalNoLsn() {
        assertThat(apply(0, open(50), open(50))).containsExactly(ok(1), ok(2));
        List<AppendOutcome> third = apply(0, open(50), of(EntryKind.SESSION_CLOSE, 1, 1, 0), open(50));
        assertRejected(third.get(0), RejectReason.TOO_MANY_SESSIONS);
        assertThat(third.subList(1, 3)).containsExactly(ok(3), ok(4));
    }

    @Test
    void keepsASessionForItsTimeToLiveAfterItsLastActivityAndNoLonger() {
        apply(0, open(50));
        assertThat(apply(50, user(1, 1, 0))).containsExactly(echoed(2));
        assertThat(apply(100, of(EntryKind.SESSION_TOUCH, 1, 2, 0))).containsExactly(ok(3));
        assertThat(apply(150, user(1, 1, 0))).as("a retry is activity").containsExactly(echoed(2));
        assertRejected(apply(201, user(1, 1, 0)).get(0), RejectReason.SESSION_EXPIRED);
        assertThat(sessions.size()).isZero();
    }

    @Test
    void expiresSessionsByTheirOwnTimesWhateverTheOrderTheyWereOpenedIn() {
        apply(0, open(90), open(10));
        apply(11, open(20));
        assertThat(sessions.size()).isEqualTo(2);
        assertRejected(apply(11, user(2, 1, 0)).get(0), RejectReason.SESSION_EXPIRED);
        assertThat(apply(31, user(3, 1, 0))).containsExactly(echoed(4));
        assertRejected(apply(52, user(3, 1, 0)).get(0), RejectReason.SESSION_EXPIRED);
        assertThat(apply(52, user(1, 1, 0))).containsExactly(echoed(5));
    }

    @Test
    void clampsTheTimeToLiveToWhatIsAllowed() {
        apply(0, open(Long.MAX_VALUE), open(Long.MIN_VALUE));
        apply(1, user(1, 1, 0));
        assertThat(sessions.size()).isEqualTo(2);
        apply(2, user(1, 2, 0));
        assertThat(sessions.size()).isEqualTo(1);
        apply(103, open(1));
        assertThat(sessions.size()).isEqualTo(1);
    }

    @Test
    void refusesMalformedSessionRecordsAsResultsWithAnLsn() {
        List<AppendOutcome> outcomes = apply(
                0,
                LogRecord.sessionless(EntryKind.SESSION_OPEN, Bytes.EMPTY),
                LogRecord.sessionless(EntryKind.SESSION_CLOSE, Bytes.EMPTY),
                LogRecord.sessionless(EntryKind.SESSION_TOUCH, Bytes.EMPTY));
        assertThat(outcomes)
                .allSatisfy(o -> assertThat(((Committed) o).result().refused()).isTrue());
        assertThat(sequencer.applied()).isEqualTo(new Lsn(3));
        assertThat(sessions.drainChanges()).isEmpty();
    }

    @Test
    void namesEveryChangedSessionOnceInOrder() {
        apply(0, open(50), open(50));
        assertThat(sessions.drainChanges().keySet()).containsExactly(1L, 2L);
        assertThat(sessions.drainChanges()).isEmpty();
        apply(0, of(EntryKind.SESSION_CLOSE, 1, 1, 0), user(2, 1, 0), user(77, 1, 0));
        var changes = sessions.drainChanges();
        assertThat(changes.keySet()).containsExactly(1L, 2L);
        assertThat(changes.get(1L)).isEmpty();
        assertThat(changes.get(2L)).isPresent();
    }

    @Test
    void refusesToLoadASessionThatIsOpen() {
        apply(0, open(50));
        Bytes stored = sessions.drainChanges().get(1L).orElseThrow();
        assertThatIllegalStateException().isThrownBy(() -> sessions.load(1, stored));
    }

    @Test
    void replaysTheNextEntryOnly() {
        LogEntry second = new LogEntry(new Lsn(2), 1, 1, user(1, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> sequencer.replay(second, entry -> ApplyResult.OK));
    }

    /** A build with others would come to differ from replicas of an older one: they take another feature level. */
    @Test
    void theBoundsOfFeatureLevelOneStayWhatTheyWere() {
        assertThat(SessionLimits.FEATURE_LEVEL_1)
                .isEqualTo(new SessionLimits(10_000, 65_536, 8_388_608, 67_108_864, 86_400_000));
    }

    @Test
    void refusesLimitsThatLetNothingThrough() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionLimits(0, 1, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionLimits(1, 0, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionLimits(1, 1, 0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionLimits(1, 1, 1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionLimits(1, 1, 1, 1, 0));
    }
}
