package io.quorate.tests.history;

import io.quorate.tests.history.EventCodec.BadLineException;
import io.quorate.tests.history.RegisterAction.Read;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a history file and pairs each invoke with its end.
 *
 * <p>Pairs are found by process and file order: between an invoke of a process and its next line there is no other line
 * of that process. Times need not rise from line to line (files of several recorders on one clock may be concatenated
 * if their processes differ), only within a process. An invoke that has no end is an INFO. A process may go on after an
 * INFO. Reading a file holds its operations in memory, at most {@link #MAX_OPERATIONS}; lines are read one at a time.
 */
public final class HistoryReader {
    /** More operations than this in one file are refused. */
    public static final int MAX_OPERATIONS = 10_000_000;

    private final Path file;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<Long, OpenOperation> open = new HashMap<>();
    private final Map<Long, Long> lastTimes = new HashMap<>();
    private final Map<String, String> strings = new HashMap<>();
    private long lineNumber;

    private record OpenOperation(int index, HistoryEvent invoke) {}

    private HistoryReader(Path file) {
        this.file = file;
    }

    /**
     * All operations of a file, in the order of their invoke lines.
     *
     * @throws BadHistoryException naming the first line that is refused
     * @throws IOException if the file cannot be read
     */
    public static List<Operation> read(Path file) throws IOException {
        HistoryReader reader = new HistoryReader(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            reader.readLines(in);
        }
        return List.copyOf(reader.operations);
    }

    private void readLines(InputStream in) throws IOException {
        byte[] line = new byte[EventCodec.MAX_LINE_BYTES];
        int length = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                takeLine(line, length);
                length = 0;
            } else if (length == line.length) {
                lineNumber++;
                throw bad("longer than " + line.length + " bytes", null);
            } else {
                line[length++] = (byte) next;
            }
        }
        if (length > 0) {
            takeLine(line, length);
        }
    }

    private void takeLine(byte[] line, int length) throws BadHistoryException {
        lineNumber++;
        HistoryEvent event;
        try {
            event = EventCodec.decode(line, length);
        } catch (BadLineException e) {
            throw bad(e.getMessage(), e);
        }
        Long before = lastTimes.put(event.process(), event.timeNanos());
        if (before != null && event.timeNanos() < before) {
            throw bad(
                    "process " + event.process() + " goes back in time, to " + event.timeNanos() + " from " + before,
                    null);
        }
        if (event.type() == EventType.INVOKE) {
            begin(event);
        } else {
            end(event);
        }
    }

    private void begin(HistoryEvent invoke) throws BadHistoryException {
        if (operations.size() == MAX_OPERATIONS) {
            throw bad("more than " + MAX_OPERATIONS + " operations", null);
        }
        OpenOperation earlier = open.put(invoke.process(), new OpenOperation(operations.size(), invoke));
        if (earlier != null) {
            throw bad(
                    "process " + invoke.process() + " has an operation open already, invoked at "
                            + earlier.invoke().timeNanos(),
                    null);
        }
        operations.add(operation(invoke, invoke.action(), Outcome.INFO, Operation.NEVER));
    }

    private void end(HistoryEvent end) throws BadHistoryException {
        OpenOperation opened = open.remove(end.process());
        if (opened == null) {
            throw bad("process " + end.process() + " has no operation open", null);
        }
        HistoryEvent invoke = opened.invoke();
        boolean read = end.action() instanceof Read && invoke.action() instanceof Read;
        if (!end.key().equals(invoke.key()) || !(read || end.action().equals(invoke.action()))) {
            throw bad(
                    "ends another operation than the one that process " + end.process() + " invoked at "
                            + invoke.timeNanos() + ": f, key or value differ",
                    null);
        }
        Outcome outcome = outcome(end.type());
        long completed = outcome == Outcome.INFO ? Operation.NEVER : end.timeNanos();
        operations.set(opened.index(), operation(invoke, end.action(), outcome, completed));
    }

    private Operation operation(HistoryEvent invoke, RegisterAction action, Outcome outcome, long completedNanos) {
        String key = strings.computeIfAbsent(invoke.key(), k -> k);
        return new Operation(invoke.process(), key, action, outcome, invoke.timeNanos(), completedNanos);
    }

    private static Outcome outcome(EventType type) {
        return switch (type) {
            case OK -> Outcome.OK;
            case FAIL -> Outcome.FAIL;
            case INFO -> Outcome.INFO;
            case INVOKE -> throw new AssertionError("unhandled: " + type);
        };
    }

    private BadHistoryException bad(String problem, Throwable cause) {
        return new BadHistoryException(file, lineNumber, problem, cause);
    }
}
