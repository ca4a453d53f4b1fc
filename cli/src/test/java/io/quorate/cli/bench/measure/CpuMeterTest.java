package io.quorate.cli.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.quorate.cli.bench.system.ServerProcess;
import io.quorate.cli.process.ProcessUsage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CpuMeterTest {
    private final CpuMeter meter = new CpuMeter(List.of(new ServerProcess("s1", 1001), new ServerProcess("s2", 1002)));

    private static Optional<ProcessUsage> used(long millis) {
        return Optional.of(new ProcessUsage(Duration.ofMillis(millis), OptionalLong.of(4096), 'S'));
    }

    @Test
    void timeIsSplitInCoresAndSharesAndTheRestOfTheMachineIsShown() {
        var from = new CpuMeter.Sample(0, List.of(used(1000), used(0), used(5000)), OptionalDouble.of(100));
        var to = new CpuMeter.Sample(
                2_000_000_000L, List.of(used(2500), used(500), used(6000)), OptionalDouble.of(103.5));

        CpuSplit split = meter.between(from, to);

        assertThat(split.processes())
                .containsExactly(
                        new ProcessCpu("s1", 0.75, 0.5, OptionalLong.of(4096), OptionalLong.of(4096)),
                        new ProcessCpu("s2", 0.25, 0.25 / 1.5, OptionalLong.of(4096), OptionalLong.of(4096)),
                        new ProcessCpu(CpuMeter.SELF, 0.5, 0.5 / 1.5, OptionalLong.of(4096), OptionalLong.of(4096)));
        assertThat(split.totalCores()).isEqualTo(1.5);
        assertThat(split.otherCores().orElseThrow()).isCloseTo(0.25, within(1e-9));
    }

    @Test
    void serverThatEndedCountsAsNothing() {
        var from = new CpuMeter.Sample(0, List.of(used(1000), used(0), used(0)), OptionalDouble.empty());
        var to = new CpuMeter.Sample(
                1_000_000_000L, List.of(Optional.empty(), used(500), used(500)), OptionalDouble.empty());

        CpuSplit split = meter.between(from, to);

        assertThat(split.processes().get(0))
                .isEqualTo(new ProcessCpu("s1", 0, 0, OptionalLong.of(4096), OptionalLong.empty()));
        assertThat(split.processes().get(1).share()).isEqualTo(0.5);
        assertThat(split.otherCores()).isEmpty();
    }

    @Test
    void samplesOutOfOrderAreRefused() {
        var sample = new CpuMeter.Sample(5, List.of(used(1), used(1), used(1)), OptionalDouble.empty());

        assertThatIllegalArgumentException().isThrownBy(() -> meter.between(sample, sample));
    }

    @Test
    void thisProcessIsFoundByItsId() {
        CpuMeter.Sample sample = new CpuMeter(List.of()).sample();

        assertThat(sample.usages())
                .singleElement()
                .satisfies(u -> assertThat(u.orElseThrow().cpu()).isPositive());
    }

    @Test
    void cpuLineOfTheMachineIsReadWithoutIdleWaitAndGuestTime() {
        assertThat(MachineCpu.parse("cpu  100 10 50 9999 8888 5 15 20 77 66")).isEqualTo(2.0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MachineCpu.parse("cpu0 1 2"))
                .withMessageContaining("cpu0 1 2");
    }
}
