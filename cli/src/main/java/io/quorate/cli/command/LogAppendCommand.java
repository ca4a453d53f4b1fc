package io.quorate.cli.command;

import io.quorate.cli.command.EntryReader.MalformedInputException;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Bytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Appends. */
@Command(
        name = "append",
        description = {
            "Appends each line of a file, without its line end, as one entry, each once.",
            "",
            "They are in the order of the file as long as the shard refuses none for the moment, for example since its queue is full: "
                    + "such an entry is sent again, and may come behind later ones.",
            "",
            "With --framed each entry is preceded by its length as 4 bytes, big-endian, and may hold any bytes. Input that ends within "
                    + "an entry ends the command with 2, behind the entries before; the message counts them."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate log append audit --input events.txt", "  quorate log append audit --input - --framed"})
final class LogAppendCommand extends OnOneShard implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            required = true,
            description = "What to append; - is standard input.")
    private Path input;

    @Option(names = "--framed", description = "The input is framed by lengths, not by lines.")
    private boolean framed;

    private final AppendTally tally = new AppendTally();
    private final AppendWindow outstanding = new AppendWindow();

    @Override
    public void run() {
        boolean standard = input.toString().equals("-");
        if (!standard) {
            Converters.readable(spec, "--input", input);
        }
        ShardDescriptor found = cluster().find(output()::progress, shard());
        ShardKinds.requireWritable(found, LogApplication.NAME);
        try (InputStream in = new BufferedInputStream(standard ? System.in : Files.newInputStream(input), 1 << 16);
                QuorateClient client = cluster().client(found)) {
            append(client.shard(shard()), new EntryReader(in, framed));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "--input: " + Failures.text(e) + "; " + tally.text(), e);
        }
        tally.result().ifPresent(failure -> {
            throw failure;
        });
        output().print(
                        Map.of(
                                "appended",
                                tally.appended(),
                                "lastLsn",
                                tally.last().value()),
                        tally.text());
    }

    /** However the input ends: what was read before is appended, and its outcome known. */
    private void append(ShardClient client, EntryReader entries) throws IOException {
        try {
            Optional<Bytes> entry;
            while (!tally.failed() && (entry = entries.next()).isPresent()) {
                Bytes command = io.quorate.statemachine.logapp.LogCommand.append(entry.get())
                        .encode();
                while (!outstanding.hasRoomFor(command.length())) {
                    tally.settle(outstanding.settleOldest());
                }
                outstanding.add(command.length(), client.append(command));
            }
        } catch (MalformedInputException e) {
            settleAll();
            throw tally.result()
                    .orElseGet(() -> new CommandFailure(
                            ExitCode.USAGE, "--input " + input + ", " + e.getMessage() + "; " + tally.text(), e));
        } finally {
            settleAll();
        }
    }

    private void settleAll() {
        while (!outstanding.isEmpty()) {
            tally.settle(outstanding.settleOldest());
        }
    }
}
