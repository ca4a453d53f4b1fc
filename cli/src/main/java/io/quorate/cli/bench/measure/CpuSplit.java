package io.quorate.cli.bench.measure;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Who used the processors in the measured time.
 *
 * @param availableCores processors of this machine that this process may use
 * @param processes the servers, then the load generator
 * @param otherCores what everything else on the machine used, in cores: how noisy it was; empty where the system does
 *     not tell
 */
public record CpuSplit(int availableCores, List<ProcessCpu> processes, OptionalDouble otherCores) {
    public CpuSplit {
        processes = List.copyOf(processes);
    }

    /** Cores that all processes of the run used together. */
    public double totalCores() {
        return processes.stream().mapToDouble(ProcessCpu::cores).sum();
    }
}
