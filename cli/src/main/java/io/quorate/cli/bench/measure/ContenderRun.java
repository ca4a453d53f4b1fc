package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.LoadGenerator;
import io.quorate.cli.bench.load.LoadOperation;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.cli.bench.load.SystemLoadClock;
import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.system.LaunchSettings;
import io.quorate.cli.bench.system.LoadTarget;
import io.quorate.cli.bench.system.RunningSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run against a real system: start it, connect, measure, close everything. */
public final class ContenderRun {
    private final MeasurementPlan plan;
    private final MeasurementObserver observer;

    public ContenderRun(MeasurementPlan plan, MeasurementObserver observer) {
        this.plan = plan;
        this.observer = observer;
    }

    /**
     * Measures the contender once; nothing of it runs when this returns or throws.
     *
     * @param round from 1, for the report
     */
    public RunResult run(Contender contender, int round, LaunchSettings settings)
            throws IOException, InterruptedException {
        try (RunningSystem system = contender.system().start(settings);
                SystemLoadClock clock = new SystemLoadClock()) {
            List<LoadTarget> targets = new ArrayList<>();
            try {
                for (int i = 0; i < contender.workload().connections(); i++) {
                    targets.add(system.connect(i));
                }
                if (contender.workload().kind() == OperationKind.READ) {
                    targets.get(0).prepareReads(contender.workload().valueBytes());
                }
                return measure(contender, round, system, targets, clock);
            } finally {
                targets.forEach(LoadTarget::close);
            }
        }
    }

    private RunResult measure(
            Contender contender, int round, RunningSystem system, List<LoadTarget> targets, SystemLoadClock clock)
            throws InterruptedException {
        Workload workload = contender.workload();
        LoadOperation operation = LoadOperation.of(workload, targets);
        Watcher watcher = new Watcher(system);
        Measurement measurement = new Measurement(
                plan, clock, recorder -> LoadGenerator.of(workload, operation, recorder, clock), watcher);
        MeasuredRun measured = measurement.run();
        return new RunResult(
                contender.role(),
                contender.system().name(),
                round,
                workload,
                measured,
                watcher.meter.between(watcher.begin, watcher.end),
                watcher.leaderAtStart,
                watcher.leaderAtEnd);
    }

    /** Samples CPU time and leader at both ends of the measured time. */
    private final class Watcher implements MeasurementObserver {
        private final RunningSystem system;
        private final CpuMeter meter;
        private CpuMeter.Sample begin;
        private CpuMeter.Sample end;
        private Optional<String> leaderAtStart = Optional.empty();
        private Optional<String> leaderAtEnd = Optional.empty();

        Watcher(RunningSystem system) {
            this.system = system;
            this.meter = new CpuMeter(system.servers());
        }

        @Override
        public void interval(IntervalStats stats, boolean warmup) {
            observer.interval(stats, warmup);
        }

        @Override
        public void measuredTimeBegins(boolean steady, double spread, double warmupSeconds) {
            leaderAtStart = system.leader();
            begin = meter.sample();
            observer.measuredTimeBegins(steady, spread, warmupSeconds);
        }

        @Override
        public void measuredTimeEnds() {
            end = meter.sample();
            leaderAtEnd = system.leader();
            observer.measuredTimeEnds();
        }
    }
}
