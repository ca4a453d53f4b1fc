package io.quorate.tests.kit;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Applies histories by an application in a JVM of its own, which differs in what replicas may differ in. */
final class AnotherJvm {
    static final String DIFFERENCES = "Turkish locale, time zone of Chatham, charset ISO-8859-1, a second later";

    private static final List<String> OPTIONS = List.of(
            "-Duser.language=tr",
            "-Duser.country=TR",
            "-Duser.timezone=Pacific/Chatham",
            "-Dfile.encoding=ISO-8859-1",
            "-Dline.separator=\r\n");

    /** What one history came to. */
    record Seen(List<List<AppendOutcome>> outcomes, Map<Bytes, Bytes> state) {}

    private final Class<?> application;

    AnotherJvm(Class<?> application) {
        this.application = application;
        ForkedJvm.checkConstructor(application, ".otherJvms(0)");
    }

    List<Seen> apply(List<History> histories) {
        try (ScratchDirectory scratch = new ScratchDirectory()) {
            Path directory = scratch.make("exchange");
            Path input = directory.resolve("histories");
            Path output = directory.resolve("seen");
            write(histories, input);
            run(List.of(application.getName(), input.toString(), output.toString()), directory.resolve("log"));
            return read(output, histories);
        } catch (IOException e) {
            throw new UncheckedIOException("exchange with another JVM", e);
        }
    }

    private void run(List<String> arguments, Path log) throws IOException {
        Process process = ForkedJvm.start(ForkedReplica.class, OPTIONS, arguments, log);
        int exit = ForkedJvm.await(process);
        if (exit != 0) {
            throw new BrokenRule(
                    Finding.DIFFERS_BETWEEN_JVMS,
                    "another JVM (" + DIFFERENCES + ") failed with exit code " + exit + ":" + System.lineSeparator()
                            + Files.readString(log));
        }
    }

    private static void write(List<History> histories, Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(histories.size());
            for (History history : histories) {
                out.writeInt(history.batches().size());
                for (EntryBatch batch : history.batches()) {
                    writeBytes(batch.encode(), out);
                }
            }
        }
    }

    static List<History> readHistories(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            List<History> histories = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                List<EntryBatch> batches = new ArrayList<>();
                for (int j = in.readInt(); j > 0; j--) {
                    batches.add(EntryBatch.decode(readBytes(in)));
                }
                histories.add(new History(batches));
            }
            return histories;
        }
    }

    static void write(Seen seen, DataOutputStream out) throws IOException {
        for (List<AppendOutcome> outcomes : seen.outcomes()) {
            out.writeInt(outcomes.size());
            for (AppendOutcome outcome : outcomes) {
                writeOutcome(outcome, out);
            }
        }
        out.writeInt(seen.state().size());
        for (Map.Entry<Bytes, Bytes> entry : seen.state().entrySet()) {
            writeBytes(entry.getKey(), out);
            writeBytes(entry.getValue(), out);
        }
    }

    private static void writeOutcome(AppendOutcome outcome, DataOutputStream out) throws IOException {
        if (outcome instanceof AppendOutcome.Committed committed) {
            out.writeInt(0);
            out.writeLong(committed.lsn().value());
            out.writeBoolean(committed.result().refused());
            writeBytes(committed.result().value(), out);
        } else if (outcome instanceof AppendOutcome.Rejected rejected) {
            out.writeInt(rejected.reason().code());
            writeBytes(Bytes.utf8(rejected.message()), out);
        } else {
            throw new AssertionError("unhandled: " + outcome);
        }
    }

    private static List<Seen> read(Path file, List<History> histories) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            List<Seen> all = new ArrayList<>();
            for (History history : histories) {
                List<List<AppendOutcome>> outcomes = new ArrayList<>();
                for (int i = 0; i < history.batches().size(); i++) {
                    outcomes.add(readOutcomes(in));
                }
                Map<Bytes, Bytes> state = new TreeMap<>();
                for (int i = in.readInt(); i > 0; i--) {
                    Bytes key = readBytes(in);
                    state.put(key, readBytes(in));
                }
                all.add(new Seen(outcomes, state));
            }
            return all;
        }
    }

    private static List<AppendOutcome> readOutcomes(DataInputStream in) throws IOException {
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            int reason = in.readInt();
            if (reason == 0) {
                Lsn lsn = new Lsn(in.readLong());
                boolean refused = in.readBoolean();
                outcomes.add(new AppendOutcome.Committed(lsn, new ApplyResult(refused, readBytes(in))));
            } else {
                outcomes.add(new AppendOutcome.Rejected(
                        RejectReason.ofCode(reason), readBytes(in).utf8()));
            }
        }
        return outcomes;
    }

    static void writeBytes(Bytes bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes.length());
        out.write(bytes.toArray());
    }

    static Bytes readBytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return Bytes.wrap(bytes);
    }
}
