package io.quorate.tests.chaos;

import io.quorate.cli.process.ChildProcess;
import io.quorate.cli.process.JavaProcessSpec;
import io.quorate.cli.process.ProcessCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Three node processes with a disk each that can lose its power. Not thread-safe. */
final class PoweredCluster implements AutoCloseable {
    private final ProcessCluster processes;
    private final List<PowerDisk> disks = new ArrayList<>();
    private ChaosCluster cluster;

    private PoweredCluster(ProcessCluster processes) {
        this.processes = processes;
    }

    /**
     * @param images where the disks' content lies
     * @param nodes directory of the nodes; their logs stay in it
     */
    static PoweredCluster start(Path images, Path nodes, String fileSystem) throws IOException, InterruptedException {
        PoweredCluster powered = new PoweredCluster(ProcessCluster.open(nodes, true));
        try {
            for (int node = 1; node <= ChaosCluster.NODES; node++) {
                powered.disks.add(PowerDisk.create(
                        images.resolve("n" + node + "." + fileSystem),
                        nodes.resolve("n" + node + "-data"),
                        fileSystem));
            }
            powered.cluster = ChaosCluster.start(powered.processes, UnaryOperator.identity());
            return powered;
        } catch (IOException | InterruptedException | RuntimeException e) {
            powered.close();
            throw e;
        }
    }

    ChaosCluster cluster() {
        return cluster;
    }

    /** Writes back all that is not on the disks yet. */
    void sync() throws IOException {
        for (PowerDisk disk : disks) {
            disk.sync();
        }
    }

    /** All disks at once, as far as three commands started together are. */
    void cutPower() {
        CompletableFuture.allOf(disks.stream()
                        .map(disk -> CompletableFuture.runAsync(() -> {
                            try {
                                disk.cutPower();
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        }))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** All nodes with -9, together. */
    void kill() {
        CompletableFuture.allOf(IntStream.rangeClosed(1, ChaosCluster.NODES)
                        .mapToObj(node ->
                                CompletableFuture.runAsync(() -> cluster.nodes().kill(node)))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** Mounts what is left on the disks. */
    void restorePower() throws IOException {
        for (PowerDisk disk : disks) {
            disk.restorePower();
        }
    }

    /** Starts all nodes, which must have ended, on what their disks hold. */
    void restart(UnaryOperator<JavaProcessSpec> tuning) throws IOException {
        for (ChildProcess ended : processes.processes()) {
            processes.start(tuning.apply(ended.spec()));
        }
    }

    /** The last line of a node that ended by itself, if any did. */
    Optional<String> refused() {
        return processes.processes().stream()
                .filter(child -> !child.isAlive())
                .map(child -> child.output().lines().reduce("", (before, line) -> line))
                .findFirst();
    }

    @Override
    public void close() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
        processes.close();
        IOException failure = null;
        for (PowerDisk disk : disks) {
            try {
                disk.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
