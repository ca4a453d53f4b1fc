package io.quorate.cli.command;

import io.quorate.cli.demo.Demo;
import io.quorate.cli.demo.DemoInputs;
import io.quorate.cli.demo.DemoReport;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demonstration. */
@Command(
        name = "demo",
        description = {
            "Shows it all, with real processes on this machine, within a minute.",
            "",
            "Starts three nodes in a fresh directory, feeds them a file line by line, kills the leader with -9 in the middle, starts it"
                    + " again, adds a fourth peer, removes one, and compares every voter with what was acknowledged, byte for byte."
                    + " Exits with 0 only if all is equal."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate demo",
            "  quorate demo --input /var/log/syslog --json",
            "  quorate demo --keep --directory /tmp/demo"
        })
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Output output;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "What to feed, a line an entry. Default: the project's own sources and documents.")
    private Path input;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where the nodes keep their files; new or empty. Default: a temporary one.")
    private Path directory;

    @Option(names = "--keep", description = "Leave the nodes' files and logs there.")
    private boolean keep;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "50s",
            converter = Converters.Time.class,
            description = "After how long it gives up, cleans up, and says what it was at; a bare number is seconds."
                    + " Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Override
    public Integer call() throws IOException {
        try {
            checkDirectory();
            Demo demo = new Demo(entries(), output::progress);
            Path place = directory != null ? directory : Files.createTempDirectory("quorate-demo");
            Optional<String> kept = keep ? Optional.of(place.toString()) : Optional.empty();
            DemoReport report = demo.run(ProcessCluster.open(place, keep), timeout, kept);
            output.print(report, text(report));
            return report.equal() ? ExitCode.OK.status() : ExitCode.FAILED.status();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private void checkDirectory() throws IOException {
        if (directory == null || !Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new ParameterException(spec.commandLine(), "--directory: " + directory + " is no directory");
        }
        try (Stream<Path> content = Files.list(directory)) {
            if (content.findAny().isPresent()) {
                throw new ParameterException(spec.commandLine(), "--directory: " + directory + " is not empty");
            }
        }
    }

    private List<Bytes> entries() throws IOException {
        if (input != null) {
            Converters.readable(spec, "--input", input);
        }
        List<Bytes> entries = input != null
                ? DemoInputs.ofFile(input)
                : DemoInputs.ofProject(projectRoot(System.getenv("QUORATE_HOME")));
        if (entries.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--input: the file is empty");
        }
        return entries;
    }

    /** @param home what the script that starts us says where it lies; null if something else started us */
    static Path projectRoot(String home) {
        if (home == null || !Files.isDirectory(Path.of(home))) {
            throw new CommandFailure(
                    ExitCode.USAGE, "not started by ./quorate from its sources: name a file with --input");
        }
        return Path.of(home);
    }

    private static String text(DemoReport report) {
        StringBuilder text = new StringBuilder();
        text.append(String.format("sent           %d%n", report.sent()));
        text.append(String.format("acknowledged   %d%n", report.acknowledged()));
        text.append(String.format("found          %d on every voter, byte for byte%n", report.found()));
        text.append(String.format("longest gap    %d ms between acknowledgements%n", report.longestGapMillis()));
        text.append(String.format(
                "killed         %s    added %s    removed %s%n", report.killed(), report.added(), report.removed()));
        for (DemoReport.Voter voter : report.voters()) {
            text.append(String.format(
                    "%-14s lsn %d, %d entries, sha256 %s%n",
                    voter.node(), voter.lsn(), voter.entries(), voter.digest()));
        }
        return text.append(report.equal() ? "all equal" : "NOT EQUAL: a bug; --keep leaves the nodes' logs")
                .toString();
    }
}
