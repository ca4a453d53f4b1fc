package io.quorate.cli.bench.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.cli.bench.load.LoadMode;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.measure.Contender;
import io.quorate.cli.bench.measure.ContenderRun;
import io.quorate.cli.bench.measure.CpuMeter;
import io.quorate.cli.bench.measure.IntervalStats;
import io.quorate.cli.bench.measure.MeasurementObserver;
import io.quorate.cli.bench.measure.MeasurementPlan;
import io.quorate.cli.bench.measure.ProcessCpu;
import io.quorate.cli.bench.measure.Role;
import io.quorate.cli.bench.measure.RunResult;
import io.quorate.cli.bench.measure.SteadyRule;
import io.quorate.cli.bench.system.LaunchSettings;
import io.quorate.cli.bench.system.LoadTarget;
import io.quorate.cli.bench.system.RunningSystem;
import io.quorate.cli.bench.system.ServerProcess;
import io.quorate.cli.process.ProcessFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The baseline for real: three processes, small loads. */
class BareRatisTest {
    private static final List<String> SMALL = List.of("-Xmx256m");
    private static final MeasurementPlan SHORT = new MeasurementPlan(
            Duration.ofMillis(250),
            new SteadyRule(2, 1, 10),
            Duration.ZERO,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60));
    private static final MeasurementObserver SILENT = new MeasurementObserver() {
        @Override
        public void interval(IntervalStats stats, boolean warmup) {}

        @Override
        public void measuredTimeBegins(boolean steady, double spread, double warmupSeconds) {}

        @Override
        public void measuredTimeEnds() {}
    };

    @TempDir
    Path temp;

    @Test
    void threeProcessesTakeAppendsAndReadsAndLeaveNothingBehind() throws Exception {
        LaunchSettings settings = new LaunchSettings(temp.resolve("run"), false, SMALL);
        List<ServerProcess> servers;
        try (RunningSystem system = new BareRatis(RatisProfile.DEFAULTS).start(settings)) {
            servers = system.servers();
            assertThat(servers).extracting(ServerProcess::name).containsExactly("s1", "s2", "s3");
            assertThat(servers).allMatch(s -> ProcessHandle.of(s.pid()).isPresent());
            try (LoadTarget one = system.connect(0);
                    LoadTarget two = system.connect(1)) {
                for (int i = 0; i < 10; i++) {
                    one.append(0, i, new byte[256]).get(1, TimeUnit.MINUTES);
                    two.append(1, i, new byte[256]).get(1, TimeUnit.MINUTES);
                }
                one.read(0, 10).get(1, TimeUnit.MINUTES);
            }
            assertThat(system.leader()).hasValueSatisfying(l -> assertThat(l).isIn("s1", "s2", "s3"));
        }

        assertThat(servers)
                .allMatch(s ->
                        ProcessHandle.of(s.pid()).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(temp.resolve("run")).doesNotExist();
    }

    @Test
    void tunedRatisIsMeasuredWithPackedEntriesAndItsCpuTimeSplitByProcess() throws Exception {
        Workload workload = new Workload(OperationKind.APPEND, LoadMode.CLOSED, 2, 2, 2, 256, 16, 0);
        Contender contender = new Contender(Role.TUNED, new BareRatis(RatisProfile.TUNED), workload);

        RunResult result =
                new ContenderRun(SHORT, SILENT).run(contender, 1, new LaunchSettings(temp.resolve("run"), true, SMALL));

        assertThat(result.measured().errors()).isEmpty();
        assertThat(result.measured().latency().count()).isPositive();
        assertThat(result.entriesPerSecond())
                .isPositive()
                .isEqualTo(result.measured().requestsPerSecond() * 16);
        assertThat(result.cpu().processes())
                .extracting(ProcessCpu::name)
                .containsExactly("s1", "s2", "s3", CpuMeter.SELF);
        assertThat(result.cpu().totalCores()).isPositive();
        assertThat(result.measured().series()).hasSize(4);
        assertThat(temp.resolve("run").resolve("s1.log")).content().contains("profile=tuned");
    }

    @Test
    void serverThatCannotStartIsReportedWithItsLogAndNothingIsLeftRunning() {
        LaunchSettings settings = new LaunchSettings(temp.resolve("run"), false, List.of("-XX:NoSuchOption"));

        assertThatThrownBy(() -> new BareRatis(RatisProfile.TUNED).start(settings))
                .isInstanceOf(ProcessFailedException.class)
                .hasMessageContaining("NoSuchOption");
        assertThat(temp.resolve("run")).doesNotExist();
    }
}
