package io.quorate.cli.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** CPU time of the whole machine, from the first line of {@code /proc/stat} (proc(5)). */
final class MachineCpu {
    private static final Path STAT = Path.of("/proc/stat");
    /** USER_HZ, fixed in the interface of the kernel to user space on all platforms that have a JDK 17. */
    private static final double TICKS_PER_SECOND = 100;

    private MachineCpu() {}

    /** Seconds that all processors together were busy since boot; empty on a system without this file. */
    static OptionalDouble busySeconds() {
        if (!Files.isReadable(STAT)) {
            return OptionalDouble.empty();
        }
        try (var lines = Files.lines(STAT)) {
            return OptionalDouble.of(parse(lines.findFirst().orElseThrow()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + STAT, e);
        }
    }

    /** {@code cpu user nice system idle iowait irq softirq steal ...}; guest time is in user already. */
    static double parse(String line) {
        String[] fields = line.trim().split("\\s+");
        if (!fields[0].equals("cpu") || fields.length < 9) {
            throw new IllegalArgumentException("not the cpu line of /proc/stat: " + line);
        }
        long busy = 0;
        for (int field : new int[] {1, 2, 3, 6, 7, 8}) {
            busy += Long.parseLong(fields[field]);
        }
        return busy / TICKS_PER_SECOND;
    }
}
