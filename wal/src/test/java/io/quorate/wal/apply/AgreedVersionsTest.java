package io.quorate.wal.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.UnsupportedVersionException;
import io.quorate.wal.log.VersionRange;
import io.quorate.wal.log.VersionSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AgreedVersionsTest {
    private static final ClusterId CLUSTER = new ClusterId(new UUID(1, 2));

    private final List<String> applied = new ArrayList<>();

    private static AgreedVersions supporting(int oldest, int newest) {
        VersionSupport support = new VersionSupport(new VersionRange(1, 2), new VersionRange(oldest, newest));
        return new AgreedVersions(support, Optional.empty(), LogVersions.FIRST);
    }

    private static LogRecord raise(int feature, int apply) {
        return LogRecord.sessionless(EntryKind.VERSIONS, new LogVersions(feature, apply).encode());
    }

    private static LogRecord user(String text) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text));
    }

    private List<AppendOutcome> apply(AgreedVersions versions, LogRecord... records) {
        BatchSequencer sequencer =
                new BatchSequencer(new WriterSessions(SessionLimits.FEATURE_LEVEL_1), versions, Lsn.ZERO, 0);
        EntryBatch batch = new EntryBatch(CLUSTER, Generation.FIRST, 1, List.of(records));
        return sequencer.apply(batch, 1, entry -> {
            applied.add(entry.payload().utf8() + " by " + versions.current().applyVersion());
            return ApplyResult.OK;
        });
    }

    @Test
    void entriesBehindTheRaisingOneAreAppliedByTheNewVersion() {
        AgreedVersions versions = supporting(1, 3);
        List<AppendOutcome> outcomes = apply(versions, user("a"), raise(1, 2), user("b"), raise(2, 3), user("c"));
        assertThat(applied).containsExactly("a by 1", "b by 2", "c by 3");
        assertThat(outcomes)
                .extracting(outcome -> ((Committed) outcome).lsn().value())
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(versions.drainChange()).contains(new LogVersions(2, 3));
        assertThat(versions.drainChange()).as("again").isEmpty();
    }

    @Test
    void versionsNeverGoBackAndTheEntryThatAsksForItKeepsItsLsn() {
        AgreedVersions versions = supporting(1, 3);
        List<AppendOutcome> outcomes = apply(versions, raise(2, 2), raise(1, 3), raise(2, 1), user("a"));
        assertThat(outcomes)
                .extracting(outcome -> ((Committed) outcome).result().refused())
                .containsExactly(false, true, true, false);
        assertThat(versions.current()).isEqualTo(new LogVersions(2, 2));
        assertThat(applied).containsExactly("a by 2");
    }

    @Test
    void aReplicaWithoutTheVersionStopsAtTheEntryThatAsksForIt() {
        AgreedVersions versions = supporting(1, 1);
        assertThatExceptionOfType(UnsupportedVersionException.class)
                .isThrownBy(() -> apply(versions, user("a"), raise(1, 2), user("b")))
                .withMessageContaining("entry 2 of the log asks for feature level 1, apply version 2")
                .withMessageContaining("supports apply versions 1, not 2");
        assertThat(applied).containsExactly("a by 1");
        assertThatExceptionOfType(UnsupportedVersionException.class)
                .isThrownBy(() -> apply(supporting(1, 2), raise(3, 1)))
                .withMessageContaining("supports feature levels 1 to 2, not 3");
    }

    @Test
    void aReplicaThatDroppedTheVersionInForceAppliesNothing() {
        assertThatExceptionOfType(UnsupportedVersionException.class)
                .isThrownBy(() -> apply(supporting(2, 3), user("a")))
                .withMessageContaining("the state is of feature level 1, apply version 1");
        assertThat(applied).isEmpty();
    }

    @Test
    void whatCannotBeReadStopsTheReplicaSinceAnotherBuildMayReadIt() {
        LogRecord odd = LogRecord.sessionless(EntryKind.VERSIONS, Bytes.utf8("versions of tomorrow"));
        assertThatExceptionOfType(CorruptFormatException.class).isThrownBy(() -> apply(supporting(1, 3), odd));
    }

    @Test
    void encodedVersionsComeBackAndDamageIsRefused() {
        LogVersions versions = new LogVersions(3, 70_000);
        byte[] encoded = versions.encode().toArray();
        assertThat(LogVersions.decode(Bytes.copyOf(encoded))).isEqualTo(versions);
        for (int i = 0; i < encoded.length; i++) {
            byte[] damaged = encoded.clone();
            damaged[i] ^= 1;
            assertThatExceptionOfType(CorruptFormatException.class)
                    .as("byte " + i)
                    .isThrownBy(() -> LogVersions.decode(Bytes.wrap(damaged)));
        }
        assertThatExceptionOfType(CorruptFormatException.class).isThrownBy(() -> LogVersions.decode(Bytes.EMPTY));
    }
}
