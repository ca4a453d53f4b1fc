package io.quorate.cli.bench.measure;

import java.util.OptionalLong;

/**
 * CPU time of one process in the measured time.
 *
 * @param name as in the report
 * @param cores CPU seconds per second
 * @param share of the CPU time of all processes of the run, 0 to 1
 * @param residentBytesAtStart memory held when the measured time began, where the system tells it
 * @param residentBytes the same when it ended
 */
public record ProcessCpu(
        String name, double cores, double share, OptionalLong residentBytesAtStart, OptionalLong residentBytes) {
    public ProcessCpu {
        if (!(cores >= 0)) {
            throw new IllegalArgumentException("cores of " + name + " not from 0: " + cores);
        }
    }
}
