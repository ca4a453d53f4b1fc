package io.quorate.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.logging.LogSetup;
import io.quorate.cli.node.ConfigFile;
import io.quorate.cli.node.DaemonConfig;
import io.quorate.cli.node.NodeDaemon;
import io.quorate.cli.node.PortInUseException;
import io.quorate.cli.process.ParentWatch;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
final class NodeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Output output;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The node's YAML file.")
    private Path file;

    @Option(names = "--check", description = "Only check the file, and say what is wrong with it.")
    private boolean check;

    @Option(
            names = "--end-with-parent",
            hidden = true,
            description = "End at once when the process that holds standard input ends, however it does.")
    private boolean endWithParent;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DaemonConfig config = ConfigFile.read(Converters.readable(spec, "--config", file));
        if (check) {
            output.print(describe(config), file + " is in order");
            return ExitCode.OK.status();
        }
        LogSetup.tellOfStates();
        if (endWithParent) {
            ParentWatch.haltWhenParentGone();
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        ApplicationCatalog applications = ApplicationCatalog.of(List.of(KvApplication::new, LogApplication::new));
        try (NodeDaemon daemon = NodeDaemon.start(config, applications)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitStop(stop, stopped), "stop"));
            ObjectNode started = describe(config)
                    .put("incarnation", daemon.node().identity().incarnation().toString())
                    .put("pid", ProcessHandle.current().pid());
            output.print(started, "node " + config.node() + " runs at " + config.listen());
            stop.await();
            LogSetup.tellOfNoPeers();
        } catch (PortInUseException e) {
            throw new CommandFailure(
                    ExitCode.REFUSED, file + ":" + ConfigFile.lineOf(file, e.setting()) + ": " + e.getMessage(), e);
        } finally {
            stopped.countDown();
        }
        return ExitCode.OK.status();
    }

    private static ObjectNode describe(DaemonConfig config) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("node", config.node().value())
                .put("listen", config.listen().toString())
                .put("advertise", config.advertise().toString())
                .put("http", config.http().map(Object::toString).orElse(""))
                .put("dataDirectory", config.dataDirectory().toString())
                .put("tls", config.tls().isPresent());
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
