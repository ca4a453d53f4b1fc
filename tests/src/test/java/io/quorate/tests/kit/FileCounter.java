package io.quorate.tests.kit;

import io.quorate.wal.apply.LsnGate;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An applier as a user may write it: counts words into a file. Each fault is one that was seen in real systems. */
final class FileCounter implements EntryApplier {
    enum Fault {
        NONE,
        /** Data is written entry by entry, the position behind the last. */
        POSITION_BEHIND_THE_DATA,
        /** The same, but over a copy of the entries, so that no crash comes out of their list. */
        POSITION_BEHIND_A_COPY,
        /** The position is written every few calls. */
        POSITION_NOW_AND_THEN,
        /** The position is written before the data. */
        POSITION_BEFORE_THE_DATA,
        COUNTS_REPETITIONS,
        TAKES_GAPS,
        TAKES_SECOND_HISTORIES,
        ANSWERS_FOR_REPETITIONS,
        FAILS_AT_SYSTEM_ENTRIES
    }

    private final Path directory;
    private final Fault fault;
    private final TreeMap<String, Long> counts = new TreeMap<>();
    private LsnGate gate;
    private int calls;

    private FileCounter(Path directory, Fault fault) {
        this.directory = directory;
        this.fault = fault;
    }

    static FileCounter open(Path directory, Fault fault) throws IOException {
        FileCounter counter = new FileCounter(directory, fault);
        Path data = directory.resolve("data");
        Path position = directory.resolve("position");
        counter.gate = new LsnGate(Lsn.ZERO);
        if (Files.exists(data)) {
            for (String line : Files.readAllLines(data)) {
                String[] pair = line.split("=");
                counter.counts.put(pair[0], Long.parseLong(pair[1]));
            }
        }
        Long together = counter.counts.remove("position");
        if (together != null) {
            counter.gate = new LsnGate(new Lsn(together));
        } else if (Files.exists(position)) {
            counter.gate = new LsnGate(new Lsn(Long.parseLong(Files.readString(position))));
        }
        return counter;
    }

    Map<String, Long> counts() {
        return Map.copyOf(counts);
    }

    @Override
    public Lsn appliedLsn() {
        return gate.applied();
    }

    @Override
    public List<ApplyResult> apply(List<LogEntry> entries) {
        calls++;
        return switch (fault) {
            case COUNTS_REPETITIONS -> {
                int repetitions = entries.size() - gate.fresh(entries).size();
                yield countAll(entries).subList(repetitions, entries.size());
            }
            case TAKES_GAPS -> {
                gate.fresh(entries.stream().filter(this::isApplied).toList());
                yield countAll(entries.stream().filter(e -> !isApplied(e)).toList());
            }
            case TAKES_SECOND_HISTORIES ->
                countAll(gate.fresh(entries.stream().filter(e -> !isApplied(e)).toList()));
            case ANSWERS_FOR_REPETITIONS -> {
                countAll(gate.fresh(entries));
                yield entries.stream().map(e -> ApplyResult.OK).toList();
            }
            case POSITION_BEHIND_THE_DATA -> {
                List<ApplyResult> results = new ArrayList<>();
                for (LogEntry entry : entries) {
                    if (!gate.fresh(List.of(entry)).isEmpty()) {
                        results.add(count(entry));
                        write("data", lines(counts));
                    }
                }
                write("position", gate.applied().toString());
                yield results;
            }
            case POSITION_BEHIND_A_COPY -> {
                List<ApplyResult> results = new ArrayList<>();
                for (LogEntry entry : gate.fresh(entries)) {
                    results.add(count(entry));
                    write("data", lines(counts));
                }
                write("position", gate.applied().toString());
                yield results;
            }
            default -> countAll(gate.fresh(entries));
        };
    }

    private boolean isApplied(LogEntry entry) {
        return entry.lsn().compareTo(gate.applied()) <= 0;
    }

    private List<ApplyResult> countAll(List<LogEntry> entries) {
        List<ApplyResult> results = new ArrayList<>();
        if (fault == Fault.POSITION_BEFORE_THE_DATA && !entries.isEmpty()) {
            write("position", entries.get(entries.size() - 1).lsn().toString());
        }
        for (LogEntry entry : entries) {
            results.add(count(entry));
        }
        if (fault == Fault.POSITION_BEFORE_THE_DATA && calls % 3 == 0) {
            return results;
        }
        if (fault == Fault.POSITION_NOW_AND_THEN) {
            write("data", lines(counts));
            if (calls % 3 == 0) {
                write("position", gate.applied().toString());
            }
        } else if (fault == Fault.POSITION_BEFORE_THE_DATA) {
            write("data", lines(counts));
        } else {
            Map<String, Long> together = new TreeMap<>(counts);
            together.put("position", gate.applied().value());
            write("data", lines(together));
        }
        return results;
    }

    private ApplyResult count(LogEntry entry) {
        if (!isApplied(entry)) {
            gate = gate.applied().next().equals(entry.lsn())
                    ? gate
                    : new LsnGate(new Lsn(entry.lsn().value() - 1));
            gate.enter(entry);
        }
        if (entry.kind() != EntryKind.USER) {
            if (fault == Fault.FAILS_AT_SYSTEM_ENTRIES) {
                throw new IllegalArgumentException("no word: " + entry.payload());
            }
            return ApplyResult.OK;
        }
        long count = counts.merge(entry.payload().utf8(), 1L, Long::sum);
        return ApplyResult.of(Bytes.utf8(Long.toString(count)));
    }

    private static String lines(Map<String, Long> counts) {
        StringBuilder lines = new StringBuilder();
        counts.forEach(
                (word, count) -> lines.append(word).append('=').append(count).append('\n'));
        return lines.toString();
    }

    private void write(String name, String text) {
        try {
            Path fresh = directory.resolve(name + ".new");
            Files.writeString(fresh, text);
            Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
