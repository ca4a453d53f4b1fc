package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer left the shard and comes back under its name, and is restarted while it still has only the beginning of the log. By that it is
 * a member of the first configuration, together with one that was cut off before the change and lacks acknowledged entries: the two are
 * the majority of a shard that is no more.
 */
class ReturningPeerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A few of these fill a message between peers. */
    private static final int PAYLOAD_BYTES = 12_000;

    @TempDir
    Path directory;

    private final Map<Lsn, String> acknowledged = new TreeMap<>();
    private final Partition partition = new Partition();
    private InProcessCluster cluster;
    private ShardDescriptor shard;
    private String cutOff;
    private String returning;

    private static HostConfig smallMessages(HostConfig config) {
        RatisSettings small = new RatisSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                128 << 10,
                256 << 10,
                128 << 10,
                1 << 20,
                10_000,
                64L << 20,
                new BatchLimits(16 << 10, 16 << 10, 64, 4, 4096, 4 << 20));
        return config.withRaft(small).withCheckpoints(Duration.ofDays(1), 1L << 40);
    }

    @BeforeEach
    void make() {
        cluster = new InProcessCluster(directory, List.of(Ledger::new), ReturningPeerTest::smallMessages);
    }

    @AfterEach
    void close() {
        partition.close();
        cluster.close();
    }

    private String id(String node) {
        return cluster.peer(node).id().toString();
    }

    private void write(HostedShard leader, WriteConcern concern, String text) {
        String payload = text + " ".repeat(PAYLOAD_BYTES - text.length());
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8(payload));
        assertThat(leader.append(record, concern, PATIENCE).join())
                .isInstanceOfSatisfying(Committed.class, committed -> acknowledged.put(committed.lsn(), payload));
    }

    /** Leaves it with the beginning of the log; {@code forgetting} takes from it what it remembers. */
    private void leaveAndComeBackHalfway(boolean forgetting) throws IOException {
        shard = cluster.found(3, "s1", Ledger.NAME);
        String leads = cluster.awaitLeader(shard);
        HostedShard leader = cluster.shard(leads, shard);
        List<String> followers = cluster.runningNodes().stream()
                .filter(node -> !node.equals(leads))
                .toList();
        cutOff = followers.get(0);
        returning = followers.get(1);
        for (int i = 0; i < 24; i++) {
            write(leader, WriteConcern.ALL, "everywhere " + i);
        }
        long halfway = leader.status().committedIndex() / 2;
        partition.isolate(id(cutOff));
        for (int i = 0; i < 3; i++) {
            write(leader, WriteConcern.MAJORITY, "by the one that returns, too " + i);
        }
        cluster.define("n4");
        cluster.start("n4");
        cluster.open("n4", shard);
        leader.membership().put(cluster.peer("n4"), PATIENCE).join();
        leader.membership().remove(cluster.peer(returning).id(), PATIENCE).join();
        cluster.host(returning).remove(shard.shard());
        write(leader, WriteConcern.MAJORITY, "without the one that returns");

        cluster.stop(returning);
        if (forgetting) {
            Files.delete(cluster.directory(returning).resolve("shards/" + shard.shard() + ".shard"));
        }
        cluster.start(returning);
        cluster.open(returning, shard);
        partition.withholdBehind(id(returning), halfway);
        leader.membership().put(cluster.peer(returning), PATIENCE);
        Awaitility.await("the beginning of the log")
                .atMost(PATIENCE)
                .until(() -> !cluster.shard(returning, shard).status().peers().isEmpty());
        partition.isolate(id(returning));
        partition.withholdBehind(id(returning), Long.MAX_VALUE); // the one that was cut off may give it all
        cluster.stop(returning);
        cluster.start(returning);
    }

    @Test
    void itVotesForNobodyWhoMayLackWhatItHad() throws IOException {
        leaveAndComeBackHalfway(false);
        long epoch = cluster.shard(cutOff, shard).status().epoch();
        int before = partition.votesAskedOf(id(returning));
        Awaitility.await("votes that were asked for in vain")
                .atMost(PATIENCE)
                .until(() -> partition.votesAskedOf(id(returning)) >= before + 4);
        assertThat(cluster.shard(cutOff, shard).status().leads()).isFalse();
        assertThat(cluster.shard(cutOff, shard).status().epoch())
                .as("not even an election was begun")
                .isEqualTo(epoch);

        partition.heal();
        write(cluster.leader(shard), WriteConcern.MAJORITY, "all are back");
        Awaitility.await("it is taken back")
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(e -> e.getCause() instanceof MembershipException)
                .untilAsserted(() -> cluster.leader(shard)
                        .membership()
                        .put(cluster.peer(returning), PATIENCE)
                        .join());
        write(cluster.leader(shard), WriteConcern.ALL, "with all four");
        Replicas.assertEqualState(cluster, shard);
        for (String node : cluster.runningNodes()) {
            Replicas.assertExactlyOnce(cluster.shard(node, shard), acknowledged);
        }
    }

    @Test
    void ifItForgotThatItWasThereAnotherHistoryWouldBegin() throws IOException {
        leaveAndComeBackHalfway(true);
        HostedShard other = cluster.shard(cutOff, shard);
        Awaitility.await("it leads with the vote of the one that forgot")
                .atMost(PATIENCE)
                .until(() -> other.status().leads());
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("another history"));
        assertThat(other.append(record, WriteConcern.MAJORITY, PATIENCE).join())
                .isInstanceOfSatisfying(Committed.class, committed -> assertThat(acknowledged)
                        .as("LSNs acknowledged for other entries")
                        .containsKey(committed.lsn()));
    }
}
