package io.quorate.cli.command;

import io.quorate.cli.node.ConfigFile;
import io.quorate.cli.node.NodeDaemon;
import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Nodes n1, n2, ... in this JVM. Long election timeouts: a busy machine elects nobody else in the middle of a test. */
final class LocalNodes implements AutoCloseable {
    private final Path directory;
    private final String settings;
    private final List<Integer> ports;
    private final List<NodeDaemon> running = new ArrayList<>();

    /** @param settings further lines of each configuration file */
    LocalNodes(Path directory, int most, String settings) {
        this.directory = directory;
        this.settings = settings;
        this.ports = FreePorts.pick(most);
    }

    String address(int node) {
        return "127.0.0.1:" + ports.get(node - 1);
    }

    /** Addresses of the first so many, as {@code --server} takes them. */
    String servers(int count) {
        List<String> addresses = new ArrayList<>();
        for (int node = 1; node <= count; node++) {
            addresses.add(address(node));
        }
        return String.join(",", addresses);
    }

    NodeDaemon start(int node) throws IOException {
        Path file = Files.writeString(
                directory.resolve("n" + node + ".yaml"), """
                node: n%1$d
                listen: %2$s
                dataDirectory: n%1$d
                memory: 32MiB
                preset: many-shards
                %3$s""".formatted(node, address(node), settings));
        NodeDaemon daemon = NodeDaemon.start(
                ConfigFile.read(file), ApplicationCatalog.of(List.of(KvApplication::new, LogApplication::new)));
        running.add(daemon);
        return daemon;
    }

    void stop(int node) throws IOException {
        for (NodeDaemon daemon : List.copyOf(running)) {
            if (daemon.config().listen().toString().equals(address(node))) {
                daemon.close();
                running.remove(daemon);
            }
        }
    }

    /** Stops what runs; {@link #start} may start it again. */
    void stopAll() throws IOException {
        for (NodeDaemon daemon : running) {
            daemon.close();
        }
        running.clear();
    }

    @Override
    public void close() throws IOException {
        stopAll();
    }
}
