package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.logapp.LogPage;
import io.quorate.statemachine.logapp.LogQuery;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.Lsn;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Entries of a shard with application log. */
@Command(
        name = "log",
        description = {
            "Appends to a shard whose application is 'log', which keeps each entry under its LSN; reads the log of any shard.",
            "",
            "LSNs are dense within a shard, but some belong to the system (writer sessions): those have no entry."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate log append audit --input events.txt",
            "  cat events.txt | quorate log append audit --input -",
            "  quorate log tail audit --from 1 --follow"
        },
        subcommands = {LogCommand.Append.class, LogCommand.Tail.class})
final class LogCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine line = spec.commandLine();
        throw new ParameterException(line, "what to do with the log? One of: " + Commands.names(line));
    }

    /** Appends. */
    @Command(
            name = "append",
            description = {
                "Appends each line of a file, without its line end, as one entry; in order, each once.",
                "",
                "With --framed each entry is preceded by its length as 4 bytes, big-endian, and may hold any bytes."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  quorate log append audit --input events.txt", "  quorate log append audit --input - --framed"})
    static final class Append implements Runnable {
        private static final int OUTSTANDING = 4096;

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Parameters(paramLabel = "SHARD", description = "Name of the shard.")
        private String shard;

        @Option(
                names = "--input",
                paramLabel = "FILE",
                required = true,
                description = "What to append; - is standard input.")
        private String input;

        @Option(names = "--framed", description = "The input is framed by lengths, not by lines.")
        private boolean framed;

        private long appended;
        private Lsn last = Lsn.ZERO;

        @Override
        public void run() {
            try (InputStream in = open();
                    QuorateClient client = cluster.client()) {
                append(client.shard(Arguments.shard(shard)), new EntryReader(in, framed));
            } catch (NoSuchFileException e) {
                throw new CommandFailure(ExitCode.USAGE, "no file " + e.getMessage(), e);
            } catch (IOException e) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "input: " + e.getMessage() + "; " + appended + " entries were appended before",
                        e);
            }
            output.print(
                    Map.of("appended", appended, "lastLsn", last.value()),
                    appended + " entries appended, the last at lsn " + last);
        }

        private InputStream open() throws IOException {
            return new BufferedInputStream(
                    input.equals("-") ? System.in : Files.newInputStream(Path.of(input)), 1 << 16);
        }

        private void append(ShardClient client, EntryReader entries) throws IOException {
            ArrayDeque<CompletableFuture<AppendOutcome>> outstanding = new ArrayDeque<>();
            Optional<Bytes> entry;
            while ((entry = entries.next()).isPresent()) {
                if (outstanding.size() >= OUTSTANDING) {
                    settle(outstanding.poll());
                }
                outstanding.add(client.append(io.quorate.statemachine.logapp.LogCommand.append(entry.get())
                        .encode()));
            }
            while (!outstanding.isEmpty()) {
                settle(outstanding.poll());
            }
        }

        private void settle(CompletableFuture<AppendOutcome> future) {
            try {
                Committed committed = Outcomes.committed(future.join());
                appended++;
                last = committed.lsn();
            } catch (CommandFailure e) {
                throw new CommandFailure(
                        e.code(),
                        e.getMessage() + "; " + appended + " entries before it were appended, up to lsn " + last,
                        e);
            }
        }
    }

    /** Entries of a stream, by lines or by lengths. */
    static final class EntryReader {
        private static final int MAX_BYTES = 64 << 20;

        private final DataInputStream in;
        private final boolean framed;

        EntryReader(InputStream in, boolean framed) {
            this.in = new DataInputStream(in);
            this.framed = framed;
        }

        Optional<Bytes> next() throws IOException {
            return framed ? frame() : line();
        }

        private Optional<Bytes> frame() throws IOException {
            int first = in.read();
            if (first < 0) {
                return Optional.empty();
            }
            int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
            if (length < 0 || length > MAX_BYTES) {
                throw new IOException("frame of " + length + " bytes; is this input framed?");
            }
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("ends within a frame of " + length + " bytes");
            }
            return Optional.of(Bytes.wrap(bytes));
        }

        private Optional<Bytes> line() throws IOException {
            java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
            int c = in.read();
            if (c < 0) {
                return Optional.empty();
            }
            while (c >= 0 && c != '\n') {
                line.write(c);
                if (line.size() > MAX_BYTES) {
                    throw new IOException("line of more than " + MAX_BYTES + " bytes");
                }
                c = in.read();
            }
            return Optional.of(Bytes.wrap(line.toByteArray()));
        }
    }

    /** Reads. */
    @Command(
            name = "tail",
            description = {
                "Prints entries from an LSN on, one per line.",
                "",
                "Of a shard with application 'log', what it keeps; of any other, the commands as they lie in its leader's log, as far "
                        + "back as that goes: behind a checkpoint it is cut, and the first entry that is left is named.",
                "",
                "With --framed each is preceded by its length as 4 bytes, as 'log append --framed' takes it. With --json, one object a line."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  quorate log tail audit --from 1", "  quorate log tail audit --from 1000 --follow --lsn"})
    static final class Tail implements Runnable {
        private static final long POLL_MILLIS = 100;
        private static final Duration LONG_POLL = Duration.ofSeconds(5);

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Parameters(paramLabel = "SHARD", description = "Name of the shard.")
        private String shard;

        @Option(names = "--from", paramLabel = "LSN", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
        private long from;

        @Option(names = "--follow", description = "Go on with what is appended, until interrupted.")
        private boolean follow;

        @Option(names = "--lsn", description = "Print the LSN before each entry.")
        private boolean lsn;

        @Option(names = "--framed", description = "Print entries framed by lengths.")
        private boolean framed;

        @Override
        public void run() {
            if (from < 1) {
                throw new CommandFailure(ExitCode.USAGE, "--from must be 1 or more, not " + from);
            }
            OutputStream out = new BufferedOutputStream(System.out, 1 << 16);
            try {
                if (keepsEntries()) {
                    try (QuorateClient client = cluster.client()) {
                        tail(client.shard(Arguments.shard(shard)), out);
                    }
                } else {
                    tailOfAny(out);
                }
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.FAILED, "cannot write: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean keepsEntries() {
            JsonNode leader = cluster.admin(output::progress, admin -> admin.leader(Arguments.shard(shard)));
            return leader.path("application").asText().equals(LogApplication.NAME);
        }

        private void tailOfAny(OutputStream out) throws IOException {
            Lsn next = new Lsn(from);
            LogSlice slice;
            do {
                Lsn begin = next;
                Duration wait = follow ? LONG_POLL : Duration.ZERO;
                slice = cluster.admin(output::progress, admin -> admin.tail(Arguments.shard(shard), begin, wait));
                for (LogEntry entry : slice.entries()) {
                    print(new LogPage.Entry(entry.lsn(), entry.payload()), out);
                }
                out.flush();
                boolean atEnd = slice.next().equals(begin);
                next = slice.next();
                if (atEnd && !follow) {
                    return;
                }
            } while (!Thread.currentThread().isInterrupted());
        }

        private void tail(ShardClient client, OutputStream out) throws IOException, InterruptedException {
            Lsn next = new Lsn(from);
            while (true) {
                LogPage page = LogPage.decode(
                        Outcomes.query(client, LogQuery.read(next).encode()).value());
                for (LogPage.Entry entry : page.entries()) {
                    print(entry, out);
                }
                out.flush();
                boolean atEnd = page.entries().isEmpty();
                if (atEnd && !follow) {
                    return;
                }
                next = page.next();
                if (atEnd) {
                    java.util.concurrent.TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                }
            }
        }

        private void print(LogPage.Entry entry, OutputStream out) throws IOException {
            if (output.json()) {
                out.flush();
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("lsn", entry.lsn().value());
                JsonText.put(json, "entry", entry.data());
                output.print(json, "");
                return;
            }
            if (framed) {
                new DataOutputStream(out).writeInt(entry.data().length());
                out.write(entry.data().toArray());
                return;
            }
            if (lsn) {
                out.write((entry.lsn() + "\t").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            out.write(entry.data().toArray());
            out.write('\n');
        }
    }
}
