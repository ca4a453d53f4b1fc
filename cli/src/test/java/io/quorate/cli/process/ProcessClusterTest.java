package io.quorate.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private JavaProcessSpec spec(ProcessCluster cluster, String name) {
        return JavaProcessSpec.of(name, ObedientChild.class, cluster.logOf(name))
                .withArgs(List.of(cluster.directory().resolve(name + ".count").toString()));
    }

    private static long count(ProcessCluster cluster, String name) throws IOException {
        return Files.size(cluster.directory().resolve(name + ".count"));
    }

    @Test
    void childGetsItsArgumentsOptionsAndEnvironmentAndIsAwaitedByALineOfItsLog() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess child = cluster.start(spec(cluster, "n1")
                    .withJvmArgs(List.of("-Dchild.property=set", "-Xmx32m"))
                    .withEnv(Map.of("GREETING", "hello")));

            assertThat(child.awaitLine("ready on", PATIENCE)).endsWith("n1.count");

            assertThat(child.output()).contains("greeting hello").contains("property set");
            assertThat(child.isAlive()).isTrue();
            assertThat(child.exitStatus()).isEmpty();
            assertThat(child.usage().orElseThrow().cpu()).isPositive();
            assertThat(cluster.processes()).containsExactly(child);
        }
    }

    @Test
    void killedChildIsGoneAndCanBeStartedAgainWithItsLogContinued() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess first = cluster.start(spec(cluster, "n1"));
            first.awaitLine("ready on", PATIENCE);

            first.kill();

            assertThat(first.isAlive()).isFalse();
            assertThat(first.exitStatus()).hasValue(128 + 9);
            assertThat(first.onExit().get(1, TimeUnit.MINUTES)).isEqualTo(128 + 9);
            assertThat(first.usage()).isEmpty();
            ChildProcess second = cluster.restart("n1");
            second.awaitLine("ready on", PATIENCE);
            assertThat(second.pid()).isNotEqualTo(first.pid());
            assertThat(second.output()).containsOnlyOnce("ready on");
            assertThat(first.output()).contains("ready on");
            assertThat(cluster.get("n1")).isSameAs(second);
        }
    }

    @Test
    void pausedChildStandsStillUntilItIsResumed() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess child = cluster.start(spec(cluster, "n1"));
            child.awaitLine("ready on", PATIENCE);

            child.pause();
            await().atMost(PATIENCE).until(() -> child.usage().orElseThrow().isStopped());
            long stopped = count(cluster, "n1");
            assertThat(child.isAlive()).isTrue();
            assertThat(count(cluster, "n1")).isEqualTo(stopped);

            child.resume();
            await().atMost(PATIENCE).until(() -> count(cluster, "n1") > stopped);
            assertThat(child.usage().orElseThrow().isStopped()).isFalse();
        }
    }

    @Test
    void terminatingAPausedChildResumesItSoThatItCanEnd() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess child = cluster.start(spec(cluster, "n1"));
            child.awaitLine("ready on", PATIENCE);
            child.pause();
            await().atMost(PATIENCE).until(() -> child.usage().orElseThrow().isStopped());

            assertThat(child.terminate(PATIENCE)).isEqualTo(128 + 15);
        }
    }

    @Test
    void childThatEndsBeforeItIsReadyIsReportedWithTheEndOfItsLog() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess child = cluster.start(spec(cluster, "n1").withArgs(List.of("fail")));

            assertThatThrownBy(() -> child.awaitLine("ready on", PATIENCE))
                    .isInstanceOf(ProcessFailedException.class)
                    .hasMessageContaining("n1 ended with status 3")
                    .hasMessageContaining("cannot start: told to fail");
            assertThatThrownBy(child::pause)
                    .isInstanceOf(ProcessFailedException.class)
                    .hasMessageContaining("it has ended");
        }
    }

    @Test
    void childThatDoesNotSayTheLineInTimeIsReported() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess child = cluster.start(spec(cluster, "n1"));

            assertThatThrownBy(() -> child.awaitLine("never said", Duration.ofMillis(1)))
                    .isInstanceOf(ProcessFailedException.class)
                    .hasMessageContaining("never said")
                    .hasMessageContaining("within 1 ms");
        }
    }

    @Test
    void closingKillsEveryProcessAndRemovesTheDirectory() throws Exception {
        ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false);
        ChildProcess one = cluster.start(spec(cluster, "n1"));
        ChildProcess two = cluster.start(spec(cluster, "n2"));
        one.awaitLine("ready on", PATIENCE);

        cluster.close();
        cluster.close();

        assertThat(one.isAlive()).isFalse();
        assertThat(two.isAlive()).isFalse();
        assertThat(temp.resolve("run")).doesNotExist();
        assertThatIllegalStateException()
                .isThrownBy(() -> cluster.restart("n1"))
                .withMessageContaining("closed");
    }

    @Test
    void directoryIsKeptWhenAsked() throws Exception {
        ChildProcess child;
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), true)) {
            child = cluster.start(spec(cluster, "n1"));
            child.awaitLine("ready on", PATIENCE);
        }
        assertThat(child.isAlive()).isFalse();
        assertThat(temp.resolve("run").resolve("n1.log")).isNotEmptyFile();
    }

    @Test
    void directoryThatHoldsFilesOfOthersIsRefused() throws Exception {
        Files.writeString(temp.resolve("precious"), "data");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessCluster.open(temp, false))
                .withMessageContaining(temp.toString());
        assertThat(temp.resolve("precious")).exists();
    }

    @Test
    void secondProcessOfTheSameNameIsRefusedWhileTheFirstRuns() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            cluster.start(spec(cluster, "n1"));

            assertThatIllegalStateException()
                    .isThrownBy(() -> cluster.start(spec(cluster, "n1")))
                    .withMessageContaining("n1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.get("n2"))
                    .withMessageContaining("no process n2, only [n1]");
        }
    }

    @Test
    void exitOfTheParentEndsItsChildrenAndRemovesTheirFiles() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess parent = cluster.start(grandParent(cluster, "exit"));
            long grandchild = grandchildOf(parent);
            assertThat(parent.onExit().get(1, TimeUnit.MINUTES)).isZero();

            await().atMost(PATIENCE).until(() -> ProcessHandle.of(grandchild)
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
            assertThat(temp.resolve("nested")).doesNotExist();
        }
    }

    @Test
    void childThatWatchesItsParentEndsEvenWhenTheParentIsKilled() throws Exception {
        try (ProcessCluster cluster = ProcessCluster.open(temp.resolve("run"), false)) {
            ChildProcess parent = cluster.start(grandParent(cluster, "stay"));
            long grandchild = grandchildOf(parent);

            parent.kill();

            await().atMost(PATIENCE).until(() -> ProcessHandle.of(grandchild)
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
        }
    }

    private JavaProcessSpec grandParent(ProcessCluster cluster, String ending) {
        return JavaProcessSpec.of("parent", GrandParent.class, cluster.logOf("parent"))
                .withArgs(List.of(temp.resolve("nested").toString(), ending));
    }

    private static long grandchildOf(ChildProcess parent) throws InterruptedException {
        return Long.parseLong(parent.awaitLine("grandchild ", PATIENCE).substring("grandchild ".length()));
    }
}
