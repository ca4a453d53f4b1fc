package io.quorate.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a process has used so far.
 *
 * @param cpu user and system time of all its threads since it started; the kernel counts it in ticks of usually 10 ms
 * @param residentBytes memory it holds now; empty where there is no {@code /proc}
 * @param state the kernel's letter for its state (R running, S sleeping, T stopped ...); '?' where there is no {@code /proc}
 */
public record ProcessUsage(Duration cpu, OptionalLong residentBytes, char state) {
    private static final char UNKNOWN_STATE = '?';

    public ProcessUsage {
        if (cpu.isNegative()) {
            throw new IllegalArgumentException("cpu < 0: " + cpu);
        }
    }

    /** Reads the usage of a process of this machine; empty when there is none with this id. */
    public static Optional<ProcessUsage> of(long pid) {
        Optional<Duration> cpu = ProcessHandle.of(pid).flatMap(p -> p.info().totalCpuDuration());
        if (cpu.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong resident = OptionalLong.empty();
        char state = UNKNOWN_STATE;
        for (String line : statusLines(pid)) {
            if (line.startsWith("VmRSS:")) {
                resident = OptionalLong.of(Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024);
            } else if (line.startsWith("State:")) {
                state = line.substring("State:".length()).strip().charAt(0);
            }
        }
        return Optional.of(new ProcessUsage(cpu.get(), resident, state));
    }

    /** Whether the process was stopped by a signal. */
    public boolean isStopped() {
        return state == 'T';
    }

    private static List<String> statusLines(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"));
        } catch (NoSuchFileException e) {
            return List.of(); // No /proc on this system, or the process has just ended.
        } catch (IOException e) {
            if (ProcessHandle.of(pid).isEmpty()) {
                return List.of(); // Ended while its file was being read (ESRCH).
            }
            throw new UncheckedIOException("cannot read the status of process " + pid, e);
        }
    }
}
