package io.quorate.cli.bench;

import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.measure.Contender;
import io.quorate.cli.bench.measure.MeasurementPlan;
import io.quorate.cli.bench.measure.Role;
import io.quorate.cli.bench.system.SystemUnderTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One benchmark.
 *
 * @param subject the system that is judged
 * @param workload its load
 * @param baselineWorkload load of bare Ratis in the same run, alternating with the subject; empty for no comparison
 * @param rounds how often each system is measured, from 1
 * @param plan the phases of each run
 * @param directory where the directories of all runs are made; must exist. Not the system's directory for temporary files,
 *     which often lies in memory, where fsync costs nothing
 * @param keepFiles whether data and logs of the servers stay
 * @param serverJvmArgs options of each server JVM
 * @param jsonFile where the JSON object goes, replacing what is there; empty for nowhere
 * @param htmlFile where the page goes, likewise
 */
public record BenchOptions(
        SystemUnderTest subject,
        Workload workload,
        Optional<Workload> baselineWorkload,
        int rounds,
        MeasurementPlan plan,
        Path directory,
        boolean keepFiles,
        List<String> serverJvmArgs,
        Optional<Path> jsonFile,
        Optional<Path> htmlFile) {
    private static final int MAX_ROUNDS = 1000;

    public BenchOptions {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(workload, "workload");
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(directory, "directory");
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw new IllegalArgumentException("rounds not in 1.." + MAX_ROUNDS + ": " + rounds);
        }
        baselineWorkload.ifPresent(baseline -> {
            if (baseline.kind() != workload.kind()) {
                throw new IllegalArgumentException(
                        "the baseline would " + baseline.kind().label() + " where the subject does "
                                + workload.kind().label());
            }
        });
        serverJvmArgs = List.copyOf(serverJvmArgs);
    }

    /** What is run in each round: the subject and, for a comparison, bare Ratis with its defaults and tuned. */
    List<Contender> contenders() {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new Contender(role(subject), subject, workload));
        baselineWorkload.ifPresent(baseline -> {
            for (SystemUnderTest system : List.of(BenchSystems.baseline(), BenchSystems.tuned())) {
                if (!system.name().equals(subject.name())) {
                    contenders.add(new Contender(role(system), system, baseline));
                }
            }
        });
        return contenders;
    }

    private static Role role(SystemUnderTest system) {
        if (system.name().equals(BenchSystems.baseline().name())) {
            return Role.BASELINE;
        }
        return system.name().equals(BenchSystems.tuned().name()) ? Role.TUNED : Role.SUBJECT;
    }
}
