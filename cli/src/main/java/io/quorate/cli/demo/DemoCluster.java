package io.quorate.cli.demo;

import io.quorate.cli.command.Main;
import io.quorate.cli.process.ChildProcess;
import io.quorate.cli.process.FreePorts;
import io.quorate.cli.process.JavaProcessSpec;
import io.quorate.cli.process.ProcessCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Real node processes with a configuration file, a port and a directory each, on loopback. */
final class DemoCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(40);

    private final ProcessCluster processes;
    private final List<Integer> ports;

    DemoCluster(ProcessCluster processes, int nodes) {
        this.processes = processes;
        this.ports = FreePorts.pick(nodes);
    }

    String address(int node) {
        return "127.0.0.1:" + ports.get(node - 1);
    }

    static String name(int node) {
        return "n" + node;
    }

    /** Addresses of nodes 1 to {@code count}. */
    List<String> addresses(int count) {
        List<String> addresses = new ArrayList<>();
        for (int node = 1; node <= count; node++) {
            addresses.add(address(node));
        }
        return addresses;
    }

    /** Starts a node; {@link #awaitListening} waits for it. */
    void launch(int node) throws IOException {
        Path directory = processes.directory();
        Path file = directory.resolve(name(node) + ".yaml");
        Files.writeString(
                file,
                "node: " + name(node) + "\nlisten: " + address(node) + "\ndataDirectory: " + name(node) + "-data\n");
        processes.start(JavaProcessSpec.of(name(node), Main.class, processes.logOf(name(node)))
                .withJvmArgs(List.of("-Xmx256m", "-XX:+UseSerialGC"))
                .withArgs(List.of("node", "--config", file.toString())));
    }

    void awaitListening(int node) throws InterruptedException {
        process(node).awaitReady(() -> canConnect(node), START);
    }

    private boolean canConnect(int node) {
        try (java.net.Socket socket = new java.net.Socket()) {
            socket.connect(new java.net.InetSocketAddress("127.0.0.1", ports.get(node - 1)), 200);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    ChildProcess process(int node) {
        return processes.get(name(node));
    }

    /** The power of {@code kill -9}. */
    void kill(int node) {
        process(node).kill();
    }

    void restart(int node) throws IOException {
        processes.restart(name(node));
    }

    @Override
    public void close() {
        processes.close();
    }
}
