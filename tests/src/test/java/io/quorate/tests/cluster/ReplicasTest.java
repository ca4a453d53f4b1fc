package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all tests of clusters end with finds what it is there to find: a replica that goes its own way, entries lost and repeated. */
class ReplicasTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Bytes LOST = Bytes.utf8("lost on n3");

    @TempDir
    Path directory;

    private InProcessCluster cluster;
    private ShardDescriptor shard;
    private final Map<Lsn, String> acknowledged = new TreeMap<>();

    /** A ledger that loses an entry. */
    private static final class Forgetful implements Application {
        private final Ledger ledger = new Ledger();

        @Override
        public String name() {
            return ledger.name();
        }

        @Override
        public int version() {
            return ledger.version();
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            ApplyResult result = ledger.apply(entry, transaction);
            if (entry.payload().equals(LOST)) {
                transaction.delete(Ledger.key(entry.lsn()));
            }
            return result;
        }

        @Override
        public Bytes query(Bytes query, StateView view) {
            return ledger.query(query, view);
        }
    }

    private static List<Supplier<Application>> applications(String node) {
        return List.of(node.equals("n3") ? Forgetful::new : Ledger::new);
    }

    @BeforeEach
    void found() {
        cluster = new InProcessCluster(directory, ReplicasTest::applications, UnaryOperator.identity());
        shard = cluster.found(3, "s1", Ledger.NAME);
        write("kept");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private void write(String payload) {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8(payload));
        assertThat(cluster.leader(shard)
                        .append(record, WriteConcern.ALL, PATIENCE)
                        .join())
                .isInstanceOfSatisfying(Committed.class, committed -> acknowledged.put(committed.lsn(), payload));
    }

    private HostedShard replica(String node) {
        Replicas.awaitSameLsn(cluster, shard);
        return cluster.shard(node, shard);
    }

    @Test
    void aReplicaThatLostAnEntryIsFoundByItsDigestAndByWhatWasAcknowledged() {
        Replicas.assertEqualState(cluster, shard);
        Replicas.assertExactlyOnce(replica("n3"), acknowledged);
        write(LOST.utf8());
        assertThatThrownBy(() -> Replicas.assertEqualState(cluster, shard))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("digests at lsn");
        Replicas.assertExactlyOnce(replica("n2"), acknowledged);
        assertThatThrownBy(() -> Replicas.assertExactlyOnce(replica("n3"), acknowledged))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(LOST.utf8());
    }

    @Test
    void anEntryIsFoundThatIsThereTwiceOrUnderAnotherLsnThanWasAcknowledged() {
        Lsn acknowledgedAt = acknowledged.keySet().iterator().next();
        Map<Lsn, String> another = Map.of(acknowledgedAt.next(), acknowledged.get(acknowledgedAt));
        assertThatThrownBy(() -> Replicas.assertExactlyOnce(replica("n1"), another))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("kept");
        write("kept");
        assertThatThrownBy(() -> Replicas.assertExactlyOnce(replica("n1"), acknowledged))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("earlier lsn of kept");
    }
}
