package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.process.FreePorts;
import io.quorate.cli.process.JavaProcessSpec;
import io.quorate.cli.process.ProcessCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.retry.RetryPolicy;
import org.apache.ratis.util.TimeDuration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The schedule of {@link StoppedLeaderTest} with processes of plain Ratis and its own LINEARIZABLE option: a stopped leader that goes on
 * answers reads that waited in its socket with the old value, before it learns that it was replaced.
 */
@Tag("chaos")
class StoppedRatisLeaderTest {
    private static final int SERVERS = 3;
    /** It takes luck: in the first run 2 of 12 rounds had a stale read. */
    private static final int MOST_ROUNDS = 60;

    private static final int READS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration ON_THE_WAY = Duration.ofMillis(50);

    @TempDir
    Path directory;

    @Test
    void ratisOwnLinearizableReadsAreStaleOnAStoppedLeader() throws Exception {
        List<Integer> ports = FreePorts.pick(SERVERS);
        RaftGroup group = RatisRegisterNode.group(ports);
        ReadCounts counts = new ReadCounts();
        int rounds = 0;
        try (ProcessCluster processes = ProcessCluster.open(directory.resolve("ratis"), true);
                RaftClient writer = client(
                        group, RetryPolicies.retryForeverWithSleep(TimeDuration.valueOf(100, TimeUnit.MILLISECONDS)))) {
            for (int server = 0; server < SERVERS; server++) {
                launch(processes, server, ports);
            }
            for (; counts.stale() == 0 && rounds < MOST_ROUNDS; rounds++) {
                round(processes, group, writer, rounds, counts);
            }
        }
        Report.begin("stopped-ratis", 0)
                .add("stopped leader of plain Ratis, " + rounds + " rounds: LINEARIZABLE " + counts);
        assertThat(counts.stale())
                .as("the hole: once this fails, Ratis has closed it (%s)", counts)
                .isPositive();
    }

    private static void launch(ProcessCluster processes, int server, List<Integer> ports) throws IOException {
        String name = "bare" + server;
        List<String> arguments = new ArrayList<>(List.of(
                Integer.toString(server), processes.directory().resolve(name).toString()));
        ports.forEach(port -> arguments.add(port.toString()));
        processes.start(JavaProcessSpec.of(name, RatisRegisterNode.class, processes.logOf(name))
                .withJvmArgs(List.of("-Xmx256m", "-XX:+UseSerialGC"))
                .withArgs(arguments));
    }

    private static RaftClient client(RaftGroup group, RetryPolicy retries) {
        return RaftClient.newBuilder()
                .setRaftGroup(group)
                .setProperties(new RaftProperties())
                .setRetryPolicy(retries)
                .build();
    }

    /** Writes until it is acknowledged; the server that leads. */
    private static RaftPeerId write(RaftClient client, String value) {
        return Awaitility.await("write of " + value)
                .atMost(PATIENCE)
                .ignoreException(IOException.class)
                .until(() -> client.io().send(Message.valueOf(value)), RaftClientReply::isSuccess)
                .getServerId();
    }

    private static void round(
            ProcessCluster processes, RaftGroup group, RaftClient writer, int round, ReadCounts counts)
            throws Exception {
        String before = "before " + round;
        String after = "after " + round;
        RaftPeerId old = write(writer, before);
        List<CompletableFuture<RaftClientReply>> reads = new ArrayList<>();
        try (RaftClient reader = client(group, RetryPolicies.noRetry())) {
            Awaitility.await("a read at " + old)
                    .atMost(PATIENCE)
                    .until(() -> value(ask(reader, old)), Optional.of(before)::equals);
            processes.get(old.toString()).pause();
            try {
                write(writer, after);
                for (int i = 0; i < READS; i++) {
                    reads.add(ask(reader, old));
                }
                Awaitility.await("reads in its socket").pollDelay(ON_THE_WAY).until(() -> true);
            } finally {
                processes.get(old.toString()).resume();
            }
            for (int i = 0; i < READS; i++) {
                reads.add(ask(reader, old));
            }
            List<Optional<String>> values = new ArrayList<>();
            for (CompletableFuture<RaftClientReply> read : reads) {
                values.add(value(read));
            }
            counts.note(after, values);
        }
    }

    private static CompletableFuture<RaftClientReply> ask(RaftClient client, RaftPeerId server) {
        return client.async().sendReadOnlyUnordered(Message.EMPTY, server);
    }

    /** The value that a read ended with; empty if it was refused. */
    private static Optional<String> value(CompletableFuture<RaftClientReply> read) throws Exception {
        try {
            RaftClientReply reply = read.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return reply.isSuccess()
                    ? Optional.of(reply.getMessage().getContent().toString(StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (ExecutionException refused) {
            return Optional.empty();
        }
    }
}
