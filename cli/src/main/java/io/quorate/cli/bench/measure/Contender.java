package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.system.SystemUnderTest;
import java.util.Objects;

/**
 * A system and the load it gets; systems of one comparison may get different shapes of the same load, for example packed by the
 * caller where the system does not pack by itself.
 */
public record Contender(Role role, SystemUnderTest system, Workload workload) {
    public Contender {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(workload, "workload");
    }
}
