package io.quorate.cli.local;

import io.quorate.cli.process.ChildProcess;
import io.quorate.cli.process.FreePorts;
import io.quorate.cli.process.JavaProcessSpec;
import io.quorate.cli.process.ProcessCluster;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Node processes n1, n2, ... with a configuration file, a port and a directory each. Closing it kills them. */
public final class NodeProcesses implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int CONNECT_MILLIS = 200;
    /** By name: what starts nodes must not depend on all commands. */
    private static final String MAIN = "io.quorate.cli.command.Main";

    private final ProcessCluster processes;
    private final List<Integer> ports;
    private final List<String> jvmArgs;
    private final String settings;
    private final UnaryOperator<JavaProcessSpec> tuning;

    /**
     * @param nodes how many there may be
     * @param jvmArgs options of each JVM
     * @param settings further lines of each configuration file
     */
    public NodeProcesses(ProcessCluster processes, int nodes, List<String> jvmArgs, String settings) {
        this(processes, nodes, jvmArgs, settings, UnaryOperator.identity());
    }

    /** @param tuning changes how a node, known by the name of its process, is started */
    public NodeProcesses(
            ProcessCluster processes,
            int nodes,
            List<String> jvmArgs,
            String settings,
            UnaryOperator<JavaProcessSpec> tuning) {
        this.processes = processes;
        this.ports = FreePorts.pick(nodes);
        this.jvmArgs = List.copyOf(jvmArgs);
        this.settings = settings;
        this.tuning = tuning;
    }

    public int port(int node) {
        return ports.get(node - 1);
    }

    public String address(int node) {
        return "127.0.0.1:" + port(node);
    }

    public static String name(int node) {
        return "n" + node;
    }

    /** The number of the node of this name. */
    public static int number(String name) {
        return Integer.parseInt(name.substring(1));
    }

    /** Addresses of nodes 1 to {@code count}. */
    public List<String> addresses(int count) {
        List<String> addresses = new ArrayList<>();
        for (int node = 1; node <= count; node++) {
            addresses.add(address(node));
        }
        return addresses;
    }

    /** Starts a node; {@link #awaitListening} waits for it. */
    public ChildProcess launch(int node) throws IOException {
        Path directory = processes.directory();
        Path file = directory.resolve(name(node) + ".yaml");
        Files.writeString(
                file,
                "node: " + name(node) + "\nlisten: " + address(node) + "\ndataDirectory: " + name(node) + "-data\n"
                        + settings);
        return processes.start(tuning.apply(new JavaProcessSpec(
                name(node),
                MAIN,
                jvmArgs,
                List.of("node", "--config", file.toString(), "--end-with-parent"),
                Map.of(),
                processes.logOf(name(node)))));
    }

    /** Starts the first {@code count} nodes and waits until all listen. */
    public void launchAll(int count) throws IOException, InterruptedException {
        for (int node = 1; node <= count; node++) {
            launch(node);
        }
        for (int node = 1; node <= count; node++) {
            awaitListening(node);
        }
    }

    public void awaitListening(int node) throws InterruptedException {
        process(node).awaitReady(() -> canConnect(node), START);
    }

    private boolean canConnect(int node) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", ports.get(node - 1)), CONNECT_MILLIS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    public ChildProcess process(int node) {
        return processes.get(name(node));
    }

    /** As {@code kill -9} does. */
    public void kill(int node) {
        process(node).kill();
    }

    /** Starts a node again that ended. */
    public void restart(int node) throws IOException {
        processes.restart(name(node));
    }

    @Override
    public void close() {
        processes.close();
    }
}
