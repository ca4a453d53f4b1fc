package io.quorate.cli.command;

import io.quorate.cli.logging.LogSetup;
import io.quorate.cli.node.ConfigException;
import io.quorate.cli.node.ConfigFile;
import io.quorate.cli.node.DaemonConfig;
import io.quorate.cli.node.NodeDaemon;
import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a node until it is told to stop. */
@Command(
        name = "node",
        description = {
            "Runs a node in the foreground until SIGTERM or Ctrl-C, then hands over what it leads and stops.",
            "",
            "A new node formats its data directory and waits until 'quorate init' or 'quorate peers add' makes it part of a cluster."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate node --config config/node.yaml", "  quorate node --config config/node.yaml --check"})
final class NodeCommand implements Runnable {
    @Mixin
    private Output output;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The node's YAML file.")
    private Path file;

    @Option(names = "--check", description = "Only check the file, and say what is wrong with it.")
    private boolean check;

    @Override
    public void run() {
        DaemonConfig config;
        try {
            config = ConfigFile.read(file);
        } catch (ConfigException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
        }
        if (check) {
            output.print(Map.of("config", file.toString(), "valid", true), file + " is in order");
            return;
        }
        LogSetup.tellOfStates();
        ApplicationCatalog applications = ApplicationCatalog.of(List.of(KvApplication::new, LogApplication::new));
        try {
            NodeDaemon daemon = NodeDaemon.start(config, applications);
            CountDownLatch stop = new CountDownLatch(1);
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitStop(stop, stopped), "stop"));
            output.progress("node " + config.node() + " runs");
            stop.await();
            daemon.close();
            stopped.countDown();
        } catch (DataDirectoryException | IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitStop(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
