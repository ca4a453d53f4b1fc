package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.process.JavaProcessSpec;
import io.quorate.statemachine.client.QuorateClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The wall clocks of real processes jump, under load and over failovers. A live writer sees nothing of it but the failovers: every append
 * ends as committed, in the session that it began in, and lies on every voter once.
 */
@Tag("chaos")
class ClockTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int OUTSTANDING = 8;
    private static final int STEP = 200;
    private static final List<Duration> JUMPS =
            List.of(Duration.ofHours(-1), Duration.ofDays(1), Duration.ofDays(-1), Duration.ZERO);

    @TempDir
    Path work;

    @Test
    void aLiveWriterSeesNothingOfClocksThatJumpUnderItsLeaders() throws Exception {
        Path library = PreloadedLibrary.compile("skew", work);
        for (int node = 1; node <= ChaosCluster.NODES; node++) {
            jump(node, Duration.ZERO);
        }
        assertThatItJumps(library);
        try (ChaosCluster cluster = ChaosCluster.start(work.resolve("nodes"), spec -> underSkew(spec, library));
                QuorateClient client = cluster.client(PATIENCE)) {
            LogClient load = new LogClient(client.shard(ChaosCluster.LOG), "entry", PATIENCE, 1_000, OUTSTANDING, 100);
            load.start();
            awaitMore(load);
            for (Duration jump : JUMPS) {
                int leader = leader(cluster);
                jump(leader, jump);
                awaitMore(load);
                cluster.nodes().kill(leader);
                awaitMore(load);
                cluster.nodes().restart(leader);
                cluster.nodes().awaitListening(leader);
            }
            load.stop();
            cluster.awaitEqualReplicas(ChaosCluster.LOG);
            assertThat(load.answers().rejected()).isEmpty();
            assertThat(load.answers().indeterminate()).isEmpty();
            LogAudit.assertSound(cluster, load.answers());
        }
    }

    private JavaProcessSpec underSkew(JavaProcessSpec spec, Path library) {
        return spec.withEnv(Map.of(
                "LD_PRELOAD",
                library.toString(),
                "SKEW_FILE",
                skewOf(NodeProcesses.number(spec.name())).toString()));
    }

    private Path skewOf(int node) {
        return work.resolve("n" + node + ".skew");
    }

    /** From now on the node's wall clock is ahead by so much. */
    private void jump(int node, Duration ahead) throws IOException {
        ByteBuffer nanos = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        nanos.putLong(ahead.toNanos()).flip();
        try (FileChannel file = FileChannel.open(skewOf(node), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(nanos, 0);
        }
    }

    /** The control: a process under the library does see another time. */
    private void assertThatItJumps(Path library) throws IOException {
        jump(1, Duration.ofDays(1));
        String seconds = Shell.run("env", "LD_PRELOAD=" + library, "SKEW_FILE=" + skewOf(1), "date", "+%s");
        assertThat(Long.parseLong(seconds.strip()))
                .isCloseTo(Instant.now().plus(Duration.ofDays(1)).getEpochSecond(), within(3600L));
        jump(1, Duration.ZERO);
        assertThat(Files.size(skewOf(1))).isEqualTo(Long.BYTES);
    }

    private static int leader(ChaosCluster cluster) {
        return Awaitility.await("one leader")
                .atMost(PATIENCE)
                .until(() -> cluster.claimingToLead(ChaosCluster.LOG), leading -> leading.size() == 1)
                .get(0);
    }

    private static void awaitMore(LogClient load) {
        int goal = load.answers().acknowledged().size() + STEP;
        Awaitility.await("acknowledged entries")
                .atMost(PATIENCE)
                .until(() -> load.answers().acknowledged().size() >= goal);
    }
}
