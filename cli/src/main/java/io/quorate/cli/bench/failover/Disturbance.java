package io.quorate.cli.bench.failover;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is done to a leader. */
public enum Disturbance {
    /** Its process is killed with -9 and started again after the gap. */
    KILL,
    /** Its process is stopped (SIGSTOP) and goes on after the gap. */
    STOP,
    /** It is asked to hand leadership to another voter that has caught up. */
    TRANSFER;

    /** @throws IllegalArgumentException naming those that there are */
    public static Disturbance parse(String text) {
        return Arrays.stream(values())
                .filter(disturbance -> disturbance.label().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no disturbance '" + text + "', only "
                        + Arrays.stream(values()).map(Disturbance::label).collect(Collectors.joining(", "))));
    }

    /** As written on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
