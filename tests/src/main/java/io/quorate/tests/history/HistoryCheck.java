package io.quorate.tests.history;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** Checks a history file for linearizability, for a program by {@link #run} and for a person by {@link #main}. */
public final class HistoryCheck {
    /** Exit code: every key is linearizable. */
    public static final int EXIT_LINEARIZABLE = 0;

    /** Exit code: some key is not. */
    public static final int EXIT_VIOLATION = 1;

    /** Exit code: no violation found, but the budget was too small for some key. */
    public static final int EXIT_UNDECIDED = 2;

    /** Exit code: not called with one file, or the file cannot be read as a history. */
    public static final int EXIT_UNREADABLE = 3;

    private HistoryCheck() {}

    /**
     * Checks a file within {@link CheckBudget#standard()}.
     *
     * @throws BadHistoryException naming the first line that is refused
     * @throws IOException if the file cannot be read
     */
    public static CheckResult run(Path file) throws IOException {
        return new LinearizabilityChecker(CheckBudget.standard()).check(HistoryReader.read(file));
    }

    /** Takes the path of one history file, prints what was found and exits with one of the codes above. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (arguments.length != 1) {
            err.println("usage: HistoryCheck FILE   (one JSON object a line: process, type, f, key, value, time)");
            return EXIT_UNREADABLE;
        }
        CheckResult result;
        try {
            result = run(Path.of(arguments[0]));
        } catch (IOException e) {
            err.println("cannot check " + arguments[0] + ": " + e);
            return EXIT_UNREADABLE;
        }
        out.println(result.describe());
        return switch (result.verdict()) {
            case LINEARIZABLE -> EXIT_LINEARIZABLE;
            case VIOLATION -> EXIT_VIOLATION;
            case UNDECIDED -> EXIT_UNDECIDED;
        };
    }
}
