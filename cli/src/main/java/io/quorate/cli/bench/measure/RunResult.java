package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.Workload;
import java.util.Objects;
import java.util.Optional;

/**
 * One run of one system.
 *
 * @param role what the system stands for
 * @param system its name
 * @param round from 1
 * @param workload what it was given
 * @param measured what it showed
 * @param cpu who used the processors meanwhile
 * @param leaderAtStart the server that led when the measured time began, where known; likewise at its end
 */
public record RunResult(
        Role role,
        String system,
        int round,
        Workload workload,
        MeasuredRun measured,
        CpuSplit cpu,
        Optional<String> leaderAtStart,
        Optional<String> leaderAtEnd) {
    public RunResult {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(workload, "workload");
        Objects.requireNonNull(measured, "measured");
        Objects.requireNonNull(cpu, "cpu");
        if (round < 1) {
            throw new IllegalArgumentException("round < 1: " + round);
        }
    }

    /** Entries answered well per second: requests times the entries in each. */
    public double entriesPerSecond() {
        return measured.requestsPerSecond() * workload.entriesPerRequest();
    }

    /** Whether the leader changed within the measured time: then the run measured an election as well. */
    public boolean leaderChanged() {
        return leaderAtStart.isPresent() && leaderAtEnd.isPresent() && !leaderAtStart.equals(leaderAtEnd);
    }
}
