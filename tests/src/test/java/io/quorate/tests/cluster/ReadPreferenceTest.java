package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.service.QuorateMethods;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.ReadConsistency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which node really answers a read: here the application says where it is. */
class ReadPreferenceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int READS = 30;
    private static final long FAR_MILLIS = 200;
    private static final String NEAR = "n2";

    @TempDir
    Path directory;

    private final ScheduledExecutorService delays = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean farAway;
    private InProcessCluster cluster;
    private ShardDescriptor shard;

    /** Answers every query with the name of the node. */
    private record Whereabouts(String node) implements Application {
        @Override
        public String name() {
            return "whereabouts";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            transaction.put(Bytes.utf8("last"), entry.payload());
            return ApplyResult.of(entry.payload());
        }

        @Override
        public Bytes query(Bytes query, StateView view) {
            return Bytes.utf8(node);
        }
    }

    /** Answers of a node that is far away take their time, in order. */
    private final class Distance implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            boolean ofClient =
                    call.getMethodDescriptor().getFullMethodName().equals(QuorateMethods.STREAM.getFullMethodName());
            ServerCall<Q, A> slow = new SimpleForwardingServerCall<>(call) {
                @Override
                public void sendMessage(A message) {
                    if (farAway) {
                        delays.schedule(() -> super.sendMessage(message), FAR_MILLIS, TimeUnit.MILLISECONDS);
                    } else {
                        super.sendMessage(message);
                    }
                }
            };
            return next.startCall(ofClient ? slow : call, headers);
        }
    }

    @BeforeEach
    void found() {
        cluster =
                new InProcessCluster(directory, node -> List.of(() -> new Whereabouts(node)), UnaryOperator.identity());
        for (String node : List.of("n1", "n2", "n3")) {
            if (!node.equals(NEAR)) {
                cluster.intercept(node, new Distance());
            }
        }
        shard = cluster.found(3, "s1", "whereabouts");
    }

    @AfterEach
    void close() {
        cluster.close();
        delays.shutdownNow();
    }

    private static String whoAnswers(ShardClient client, ReadConsistency consistency, ReadPreference preference) {
        return client.queryAndWait(Bytes.EMPTY, consistency, preference).value().utf8();
    }

    private static Set<String> allWhoAnswer(ShardClient client, ReadPreference preference) {
        Set<String> answering = new TreeSet<>();
        for (int i = 0; i < READS; i++) {
            answering.add(whoAnswers(client, ReadConsistency.EVENTUAL, preference));
        }
        return answering;
    }

    @Test
    void everyPreferenceIsAnsweredByThoseItNames() {
        String leader = cluster.awaitLeader(shard);
        Set<String> others = new TreeSet<>(cluster.runningNodes());
        others.remove(leader);
        try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
            ShardClient connected = client.shard(shard.shard());
            assertThat(connected.appendAndWait(Bytes.utf8("x"))).isInstanceOf(Committed.class);
            assertThat(allWhoAnswer(connected, ReadPreference.PRIMARY)).containsExactly(leader);
            assertThat(allWhoAnswer(connected, ReadPreference.PRIMARY_PREFERRED))
                    .containsExactly(leader);
            assertThat(allWhoAnswer(connected, ReadPreference.SECONDARY))
                    .as("spread over all that do not lead")
                    .isEqualTo(others);
            assertThat(allWhoAnswer(connected, ReadPreference.SECONDARY_PREFERRED))
                    .isEqualTo(others);
            for (ReadPreference preference : List.of(ReadPreference.PRIMARY, ReadPreference.PRIMARY_PREFERRED)) {
                assertThat(whoAnswers(connected, ReadConsistency.LINEARIZABLE, preference))
                        .isEqualTo(leader);
            }
            for (ReadPreference preference : List.of(ReadPreference.SECONDARY, ReadPreference.SECONDARY_PREFERRED)) {
                assertThat(others)
                        .as("a linearizable read of a follower is served by it")
                        .contains(whoAnswers(connected, ReadConsistency.LINEARIZABLE, preference));
            }
            others.forEach(cluster::stop);
            assertThat(whoAnswers(connected, ReadConsistency.EVENTUAL, ReadPreference.SECONDARY_PREFERRED))
                    .as("nobody else is left")
                    .isEqualTo(leader);
            others.forEach(cluster::start);
        }
    }

    @Test
    void theNearestIsTheOneThatAnswersSoonest() {
        cluster.awaitLeader(shard);
        farAway = true;
        try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
            ShardClient connected = client.shard(shard.shard());
            assertThat(connected.appendAndWait(Bytes.utf8("x"))).isInstanceOf(Committed.class);
            Awaitility.await("all are measured, and the nearest is found")
                    .atMost(PATIENCE)
                    .until(() -> whoAnswers(connected, ReadConsistency.EVENTUAL, ReadPreference.NEAREST)
                            .equals(NEAR));
            assertThat(allWhoAnswer(connected, ReadPreference.NEAREST)).containsExactly(NEAR);
            cluster.stop(NEAR);
            assertThat(whoAnswers(connected, ReadConsistency.EVENTUAL, ReadPreference.NEAREST))
                    .as("another one, once it is gone")
                    .isNotEqualTo(NEAR);
        }
    }
}
