package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Write concerns and read consistencies, each by what it promises, with all voters up and with one down. */
class ConsistencyTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(2);

    @TempDir
    static Path directory;

    private static InProcessCluster cluster;
    private static ShardDescriptor shard;

    @BeforeAll
    static void found() {
        cluster = new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity());
        shard = cluster.found(3, "s1", Ledger.NAME);
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static AppendOutcome append(String text, WriteConcern concern, Duration timeout) {
        return cluster.leader(shard)
                .append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)), concern, timeout)
                .join();
    }

    private static String read(HostedShard replica, Lsn lsn, ReadConsistency consistency) {
        return replica.query(Ledger.key(lsn), consistency, TIMEOUT)
                .join()
                .value()
                .utf8();
    }

    @Test
    void concernsAboveMajorityAreMetByAllVotersAndNameThoseWhoAreMissing() {
        assertThat(append("all", WriteConcern.ALL, TIMEOUT))
                .isInstanceOfSatisfying(
                        Committed.class, all -> assertThat(all.missing()).isEmpty());
        assertThat(append("three", WriteConcern.quorum(3), TIMEOUT))
                .isInstanceOfSatisfying(
                        Committed.class, three -> assertThat(three.missing()).isEmpty());
        String down = cluster.follower(shard);
        cluster.stop(down);
        try {
            Committed all = (Committed) append("all", WriteConcern.ALL, SHORT);
            assertThat(all.missing()).containsExactly(cluster.peer(down).id().toString());
            Committed three = (Committed) append("three", WriteConcern.quorum(3), SHORT);
            assertThat(three.missing()).containsExactly(cluster.peer(down).id().toString());
            Committed two = (Committed) append("two", WriteConcern.quorum(2), TIMEOUT);
            assertThat(two.missing()).isEmpty();
            assertThat(two.lsn().value()).isEqualTo(all.lsn().value() + 2);
            assertThat(append("majority", WriteConcern.MAJORITY, TIMEOUT)).isInstanceOf(Committed.class);
        } finally {
            cluster.start(down);
        }
        assertThat(append("all again", WriteConcern.ALL, TIMEOUT))
                .isInstanceOfSatisfying(
                        Committed.class, all -> assertThat(all.missing()).isEmpty());
        Replicas.assertEqualState(cluster, shard);
    }

    @Test
    void concernOneIsAnsweredByTheLeadersDiskOrByTheCommitThatCameFirst() {
        for (int i = 0; i < 20; i++) {
            assertThat(append("one " + i, WriteConcern.ONE, TIMEOUT))
                    .isInstanceOfAny(LeaderDurable.class, Committed.class);
        }
        Replicas.assertEqualState(cluster, shard);
    }

    @Test
    void followersServeEachConsistencyWithWhatItPromises() {
        HostedShard follower = cluster.shard(cluster.follower(shard), shard);
        for (int i = 0; i < 3; i++) {
            Lsn lsn = ((Committed) append("value " + i, WriteConcern.MAJORITY, TIMEOUT)).lsn();
            assertThat(read(follower, lsn, ReadConsistency.LINEARIZABLE)).isEqualTo("value " + i);
            lsn = ((Committed) append("mine " + i, WriteConcern.MAJORITY, TIMEOUT)).lsn();
            assertThat(read(follower, lsn, new ReadConsistency.Session(lsn))).isEqualTo("mine " + i);
            lsn = ((Committed) append("bounded " + i, WriteConcern.MAJORITY, TIMEOUT)).lsn();
            assertThat(read(follower, lsn, new ReadConsistency.BoundedStaleness(Duration.ZERO)))
                    .isEqualTo("bounded " + i);
            assertThat(read(follower, new Lsn(lsn.value() - 2), ReadConsistency.EVENTUAL))
                    .as("a prefix never shrinks")
                    .isEqualTo("value " + i);
        }
        Lsn ahead = new Lsn(follower.status().applied().value() + 1000);
        assertThat(follower.readBarrier(new ReadConsistency.Session(ahead), SHORT)
                        .handle((lsn, failure) -> failure instanceof CompletionException e ? e.getCause() : failure)
                        .join())
                .isInstanceOfSatisfying(ReadUnavailableException.class, late -> assertThat(late.reason())
                        .isEqualTo(RejectReason.DEADLINE));
    }
}
