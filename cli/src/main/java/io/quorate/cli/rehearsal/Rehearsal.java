package io.quorate.cli.rehearsal;

import io.quorate.cli.command.Main;
import io.quorate.cli.node.ConfigFile;
import io.quorate.cli.node.NodeDaemon;
import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A short life of a cluster in one process: three nodes, the commands that are used most, a change of leader by hand and one by the
 * end of a node. A JVM that archives its classes at exit (CDS) has then those of leaders, followers, clients and commands.
 */
public final class Rehearsal {
    private static final int NODES = 3;

    private final Path directory;
    /** Where nodes listen, then where their pages are. */
    private final List<String> addresses;

    private final List<NodeDaemon> nodes = new ArrayList<>();

    private Rehearsal(Path directory) {
        this.directory = directory;
        this.addresses = FreePorts.pick(2 * NODES).stream()
                .map(port -> "127.0.0.1:" + port)
                .toList();
    }

    /**
     * Runs it in a directory.
     *
     * @param args the directory, which must not exist and is removed again
     */
    public static void main(String[] args) throws IOException {
        Path directory = Files.createDirectory(Path.of(args[0]));
        try {
            new Rehearsal(directory).run();
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void run() throws IOException {
        try {
            for (int node = 1; node <= NODES; node++) {
                start(node);
            }
            quorate("init");
            quorate("shards", "create", "r", "--nodes", "n1,n2,n3");
            quorate("kv", "put", "r", "key", "value");
            quorate("kv", "get", "r", "key");
            quorate("status");
            quorate("leader", "transfer", "r", "n2");
            quorate("leader", "transfer", "r", "n3");
            quorate("snapshot", "take", "r");
            quorate("kv", "put", "r", "key", "another", "--concern", "all");
            nodes.remove(NODES - 1).close();
            quorate("kv", "put", "r", "key", "a third");
            start(NODES);
            quorate("log", "tail", "r", "--from", "1");
        } finally {
            for (NodeDaemon node : nodes) {
                node.close();
            }
        }
    }

    private void start(int node) throws IOException {
        Path file = directory.resolve("n" + node + ".yaml");
        Files.writeString(
                file,
                "node: n" + node + "\nlisten: " + addresses.get(node - 1) + "\nhttp: " + addresses.get(NODES + node - 1)
                        + "\ndataDirectory: n" + node + "-data\ndrain: 1s\n");
        nodes.add(NodeDaemon.start(
                ConfigFile.read(file), ApplicationCatalog.of(List.of(KvApplication::new, LogApplication::new))));
    }

    private void quorate(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of("--server", String.join(",", addresses.subList(0, NODES))));
        StringWriter err = new StringWriter();
        int status = Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(err))
                .execute(words.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException(words + " ended with status " + status + ": " + err);
        }
    }
}
