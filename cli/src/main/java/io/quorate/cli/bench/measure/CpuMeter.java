package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.system.ServerProcess;
import io.quorate.cli.process.ProcessUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Splits the CPU time between two moments by process: the servers and this JVM, which produces the load.
 *
 * <p>A server that ended in between counts with what it had used at the first moment, that is as 0.
 */
public final class CpuMeter {
    /** How this JVM is called in the split. */
    public static final String SELF = "load generator";

    private final List<ServerProcess> watched;

    public CpuMeter(List<ServerProcess> servers) {
        watched = new ArrayList<>(servers);
        watched.add(new ServerProcess(SELF, ProcessHandle.current().pid()));
    }

    /** What had been used at one moment. */
    public record Sample(long nanoTime, List<Optional<ProcessUsage>> usages, OptionalDouble machineSeconds) {
        public Sample {
            usages = List.copyOf(usages);
        }
    }

    public Sample sample() {
        return new Sample(
                System.nanoTime(),
                watched.stream().map(p -> ProcessUsage.of(p.pid())).toList(),
                MachineCpu.busySeconds());
    }

    /** The split between two samples of this meter. */
    public CpuSplit between(Sample from, Sample to) {
        double seconds = (to.nanoTime() - from.nanoTime()) / 1e9;
        if (!(seconds > 0)) {
            throw new IllegalArgumentException("samples are not in order");
        }
        double[] cores = new double[watched.size()];
        double total = 0;
        for (int i = 0; i < cores.length; i++) {
            cores[i] = used(from.usages().get(i), to.usages().get(i)) / seconds;
            total += cores[i];
        }
        List<ProcessCpu> processes = new ArrayList<>();
        for (int i = 0; i < cores.length; i++) {
            processes.add(new ProcessCpu(
                    watched.get(i).name(),
                    cores[i],
                    total == 0 ? 0 : cores[i] / total,
                    resident(from.usages().get(i)),
                    resident(to.usages().get(i))));
        }
        OptionalDouble others = OptionalDouble.empty();
        if (from.machineSeconds().isPresent() && to.machineSeconds().isPresent()) {
            double busy =
                    to.machineSeconds().getAsDouble() - from.machineSeconds().getAsDouble();
            others = OptionalDouble.of(Math.max(0, busy / seconds - total));
        }
        return new CpuSplit(Runtime.getRuntime().availableProcessors(), processes, others);
    }

    private static OptionalLong resident(Optional<ProcessUsage> usage) {
        return usage.map(ProcessUsage::residentBytes).orElse(OptionalLong.empty());
    }

    private static double used(Optional<ProcessUsage> from, Optional<ProcessUsage> to) {
        if (from.isEmpty() || to.isEmpty()) {
            return 0;
        }
        Duration used = to.get().cpu().minus(from.get().cpu());
        return Math.max(0, used.toNanos() / 1e9);
    }
}
