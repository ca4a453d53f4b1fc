package io.quorate.cli.command;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command printed and how it ended, run within the test's JVM. */
record CommandRun(int status, String out, String err) {
    static CommandRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
        return new CommandRun(status, out.toString(), err.toString());
    }
}
