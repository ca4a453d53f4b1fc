package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.tests.history.HistoryReader;
import io.quorate.tests.history.HistoryRecorder;
import io.quorate.tests.history.Operation;
import io.quorate.tests.history.Outcome;
import io.quorate.tests.history.RegisterAction;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.ReadConsistency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One run: nodes, clients and faults for a while; then everything is mended, replicas must become equal, and every acknowledged entry of
 * the log must be on every voter, each once. Whether the history is linearizable is for the caller to check.
 */
final class ChaosRun {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int KV_CLIENTS = 16;
    private static final int CONNECTIONS = 3;
    private static final Duration APPEND_TIMEOUT = Duration.ofSeconds(2);
    private static final int APPENDS_OUTSTANDING = 16;
    private static final int APPEND_PAUSE_MICROS = 1_000;
    private static final int PADDING = 300;
    private static final int FEWEST = 100;

    private final Report report;
    private final Spans spans = new Spans();
    private final Path directory;
    private final SplittableRandom random;
    private final List<FaultKind> kinds;
    private final ReadConsistency consistency;
    private final List<ReadPreference> preferences;
    /** How many of each kind, once the run is over. */
    private Map<FaultKind, Integer> faults = Map.of();

    /**
     * @param name of the run; what it leaves lies in a directory of this name and the seed
     * @param kinds of faults to draw from
     * @param consistency of the reads, which the history takes for linearizable
     * @param preferences of the reads
     */
    ChaosRun(
            String name,
            long seed,
            List<FaultKind> kinds,
            ReadConsistency consistency,
            List<ReadPreference> preferences)
            throws IOException {
        this.report = Report.begin(name, seed);
        this.directory = report.directory();
        this.random = new SplittableRandom(seed);
        this.kinds = kinds;
        this.consistency = consistency;
        this.preferences = preferences;
    }

    Path history() {
        return directory.resolve("history.jsonl");
    }

    Report report() {
        return report;
    }

    /** Does it all; fails if anything but the history is wrong. */
    void run(Duration time) throws Exception {
        Path nodes = directory.resolve("nodes");
        try (ChaosCluster cluster = ChaosCluster.start(nodes, NodeNetwork::inItsGroup);
                NodeWatch watch = NodeWatch.start(cluster, spans);
                NodeNetwork network = NodeNetwork.create(cluster.ports());
                HistoryRecorder recorder = HistoryRecorder.create(history())) {
            List<QuorateClient> connections = new ArrayList<>();
            try {
                for (int i = 0; i < CONNECTIONS; i++) {
                    connections.add(cluster.client(PATIENCE));
                }
                KvClients registers = new KvClients(recorder, connections, consistency, preferences);
                LogClient appends = new LogClient(
                        connections.get(0).shard(ChaosCluster.LOG),
                        "entry",
                        APPEND_TIMEOUT,
                        APPEND_PAUSE_MICROS,
                        APPENDS_OUTSTANDING,
                        PADDING);
                registers.start(KV_CLIENTS, random.split());
                appends.start();
                breakAndMend(cluster, network, time);
                registers.stop();
                appends.stop();
                watch.stop();
                explain(ChaosCluster.KV, registers.silence());
                explain(ChaosCluster.LOG, appends.silence());
                awaitEqual(cluster);
                registers.readAll(PATIENCE);
                report.add("registers: " + registers.counts() + "; "
                        + registers.silence().acknowledged() + " writes answered, longest time without one "
                        + registers.silence().longestMillis() + " ms");
                audit(cluster, appends);
            } finally {
                connections.forEach(QuorateClient::close);
            }
        }
        deleteData(nodes);
    }

    /** A history in which nothing succeeds is linearizable, too. */
    void assertThatThereWasSomethingToCheck() throws IOException {
        List<Operation> answered = HistoryReader.read(history()).stream()
                .filter(operation -> operation.outcome() == Outcome.OK)
                .toList();
        assertThat(answered)
                .as("reads answered")
                .filteredOn(operation -> operation.action() instanceof RegisterAction.Read)
                .hasSizeGreaterThan(FEWEST);
        assertThat(answered)
                .as("writes acknowledged")
                .filteredOn(operation -> operation.action() instanceof RegisterAction.Write)
                .hasSizeGreaterThan(FEWEST);
        assertThat(answered)
                .as("compare-and-sets done")
                .filteredOn(operation -> operation.action() instanceof RegisterAction.CompareAndSet)
                .isNotEmpty();
        assertThat(faults).as("faults").isNotEmpty();
    }

    /** Of a run that is long enough for that. */
    void assertThatEveryKindOfFaultHappened() {
        assertThat(faults.keySet()).as("kinds of faults that happened").containsExactlyInAnyOrderElementsOf(kinds);
    }

    private void explain(ShardId shard, Silence silence) throws IOException {
        GapReport gaps = new GapReport(shard.value(), spans, silence.gaps());
        report.add(gaps.summary() + ", explained in gaps.txt");
        Files.write(directory.resolve("gaps.txt"), gaps.lines(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void breakAndMend(ChaosCluster cluster, NodeNetwork network, Duration time)
            throws IOException, InterruptedException {
        Faults breaking = new Faults(cluster, network, kinds, random.split(), spans);
        try {
            breaking.run(time);
        } finally {
            Files.write(directory.resolve("faults.txt"), breaking.log());
            faults = Map.copyOf(breaking.counts());
            report.add("faults: " + faults + ", each with its time in faults.txt");
        }
    }

    private void awaitEqual(ChaosCluster cluster) throws IOException {
        for (ShardId shard : List.of(ChaosCluster.KV, ChaosCluster.LOG)) {
            report.add(shard + " is the same on all voters: LSN and digest " + cluster.awaitEqualReplicas(shard));
        }
    }

    private void audit(ChaosCluster cluster, LogClient appends) throws IOException {
        LogClient.Answers answers = appends.answers();
        int held = LogAudit.assertSound(cluster, answers);
        report.add("log: " + answers + "; " + held + " held by each voter; longest time without an acknowledgement "
                + appends.silence().longestMillis() + " ms");
    }

    /** Logs stay; the data of a run that was as it should be is of no use to anybody. */
    private static void deleteData(Path nodes) throws IOException {
        try (Stream<Path> all = Files.walk(nodes)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (nodes.relativize(path).getName(0).toString().endsWith("-data")) {
                    Files.delete(path);
                }
            }
        }
    }
}
