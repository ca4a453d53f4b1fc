package io.quorate.cli.command;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** Entry point of {@code quorate}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int status = commandLine().execute(args);
        System.exit(status);
    }

    /** The whole command tree, writing to this process' standard output and error. */
    public static CommandLine commandLine() {
        CommandLine root = new CommandLine(new QuorateCommand()) {
            @Override
            public int execute(String... args) {
                return super.execute(LeadingOptions.behindTheirCommand(this, args));
            }
        };
        Converters.register(root);
        ErrorReport errors = new ErrorReport();
        root.setParameterExceptionHandler(errors);
        root.setExecutionExceptionHandler(errors);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setUsageHelpAutoWidth(true);
        Map<String, String> codes = new LinkedHashMap<>();
        for (ExitCode code : ExitCode.values()) {
            codes.put(" " + code.status(), code.meaning());
        }
        root.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(codes);
        return root;
    }

    /** The same, writing elsewhere. */
    public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine().setOut(out).setErr(err);
    }
}
