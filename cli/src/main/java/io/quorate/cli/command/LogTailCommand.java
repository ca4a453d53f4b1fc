package io.quorate.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.logapp.LogPage;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads. */
@Command(
        name = "tail",
        description = {
            "Prints entries from an LSN on, one per line.",
            "",
            "Of a shard with application 'log', what it keeps, byte for byte; of any other, the commands as they lie in its leader's "
                    + "log: those of 'kv' in words, of others with what is no text as \\xNN. That log is cut behind a checkpoint; "
                    + "the first entry that is left is named.",
            "",
            "With --framed each is preceded by its length as 4 bytes, as 'log append --framed' takes it, and is never changed. With"
                    + " --json, one object with the array 'entries' and 'next', the LSN to read on from.",
            "",
            "--follow goes on with what is appended, until it is interrupted: over failovers and restarts, which it tells on standard"
                    + " error. With --json it prints an object for each entry, a line each."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate log tail audit --from 1", "  quorate log tail audit --from 1000 --follow --lsn"})
final class LogTailCommand extends OnOneShard implements Callable<Integer> {
    private static final long POLL_MILLIS = 100;
    private static final long RETRY_MILLIS = 500;
    private static final Duration LONG_POLL = Duration.ofSeconds(2);
    /** Of one read that is repeated anyway. */
    private static final Duration FOLLOW_PATIENCE = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "LSN",
            defaultValue = "1",
            converter = Converters.Position.class,
            description = "LSN of the first entry to print. Default: ${DEFAULT-VALUE}")
    private Lsn next;

    @Option(names = "--follow", description = "Go on with what is appended, until interrupted.")
    private boolean follow;

    @Option(names = "--lsn", description = "Print the LSN before each entry.")
    private boolean lsn;

    @Option(names = "--framed", description = "Print entries framed by lengths.")
    private boolean framed;

    private final Outage outage = new Outage();
    /** By the latest search. */
    private Optional<String> leader = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        ShardDescriptor found = cluster().find(output()::progress, shard());
        OutputStream out = new BufferedOutputStream(System.out, 1 << 16); // which others still need: never closed
        EntryPrinter printer = printer(found, out);
        printer.begin();
        try {
            tail(found, printer);
        } catch (RuntimeException | IOException e) {
            CommandFailure failure = ErrorReport.failure(e, spec.commandLine().getErr());
            ObjectNode error = ErrorReport.json(failure.code(), failure.getMessage());
            if (printer.end(next, Optional.of(error))) {
                return failure.code().status();
            }
            throw failure;
        }
        printer.end(next, Optional.empty());
        return ExitCode.OK.status();
    }

    private EntryPrinter printer(ShardDescriptor found, OutputStream out) {
        if (output().json()) {
            return follow ? EntryPrinter.objects(output()) : EntryPrinter.oneObject(output(), shard());
        }
        return framed ? EntryPrinter.frames(out) : EntryPrinter.lines(out, lsn, EntryText.of(found.application()));
    }

    private EntrySource source(ShardDescriptor found) {
        boolean shorter = follow && FOLLOW_PATIENCE.compareTo(cluster().timeout()) < 0;
        Duration patience = shorter ? FOLLOW_PATIENCE : cluster().timeout();
        Duration half = patience.dividedBy(2);
        Duration wait = LONG_POLL.compareTo(half) < 0 ? LONG_POLL : half;
        return EntrySource.of(found, cluster(), patience, follow ? wait : Duration.ZERO);
    }

    private void tail(ShardDescriptor first, EntryPrinter printer) throws IOException, InterruptedException {
        EntrySource source = source(first);
        try {
            while (true) {
                Optional<LogPage> page = read(source);
                if (page.isEmpty()) {
                    Optional<ShardDescriptor> again = findAgain();
                    if (again.isPresent()) {
                        source.close();
                        source = source(again.get());
                    }
                    continue;
                }
                for (LogPage.Entry entry : page.get().entries()) {
                    printer.print(entry);
                }
                printer.flush();
                boolean atEnd = page.get().next().equals(next);
                next = page.get().next();
                if (atEnd && !follow) {
                    return;
                }
                if (atEnd) {
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                }
            }
        } finally {
            source.close();
        }
    }

    /** Empty if it failed for a reason that passes, and somebody waits. */
    private Optional<LogPage> read(EntrySource source) throws InterruptedException {
        try {
            LogPage page = source.read(next);
            if (outage.isOver()) {
                output().note("log tail: goes on from lsn " + next
                        + leader.map(node -> ", led by " + node).orElse(""));
            }
            return Optional.of(page);
        } catch (RuntimeException e) {
            retryOrFail(e);
            return Optional.empty();
        }
    }

    /** The shard may be elsewhere by now, or gone: then this fails. */
    private Optional<ShardDescriptor> findAgain() throws InterruptedException {
        try {
            return Optional.of(cluster().admin(trouble -> {}, FOLLOW_PATIENCE, admin -> {
                String peer = admin.leader(shard()).path("self").asText();
                leader = Optional.of(ShardCondition.nodeOf(peer));
                return admin.find(shard());
            }));
        } catch (RuntimeException e) {
            retryOrFail(e);
            return Optional.empty();
        }
    }

    private void retryOrFail(RuntimeException e) throws InterruptedException {
        CommandFailure failure = Failures.known(e).orElseThrow(() -> e);
        boolean passes =
                failure.code() == ExitCode.UNAVAILABLE || failure.getCause() instanceof ReadUnavailableException;
        if (!follow || !passes) {
            throw failure;
        }
        outage.goesOn(next, failure.getMessage(), System.nanoTime()).ifPresent(output()::note);
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    }
}
