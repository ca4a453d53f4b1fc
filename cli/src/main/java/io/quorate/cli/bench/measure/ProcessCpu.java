package io.quorate.cli.bench.measure;

import java.util.OptionalLong;

/**
 * CPU time of one process in the measured time.
 *
 * @param name as in the report
 * @param cores CPU seconds per second
 * @param share of the CPU time of all processes of the run, 0 to 1
 * @param residentBytes memory held at the end, where the system tells it
 */
public record ProcessCpu(String name, double cores, double share, OptionalLong residentBytes) {
    public ProcessCpu {
        if (!(cores >= 0)) {
            throw new IllegalArgumentException("cores of " + name + " not from 0: " + cores);
        }
    }
}
