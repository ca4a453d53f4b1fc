package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.wal.log.Lsn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Skips an entry that the application cannot apply. */
@Command(
        name = "skip",
        description = {
            "Makes all replicas of a shard skip one entry that their application cannot apply.",
            "",
            "A replica whose apply function throws parks at that entry; 'quorate status' names its LSN. Mend the application and "
                    + "restart, if you can. If you cannot, this command lets the shard go on: the entry keeps its LSN, whoever appended it "
                    + "is told that it was skipped, the state does not change.",
            "",
            "Refused if a member has applied the entry, or does not answer: then rebuild the parked replicas from the others "
                    + "(peers remove, wipe its data directory, peers add). There is no way back."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = "  quorate shards skip orders --lsn 4711 --yes")
final class ShardsSkipCommand implements Runnable, ChangesCluster {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "SHARD", description = "Its name.")
    private String shard;

    @Option(
            names = "--lsn",
            paramLabel = "LSN",
            required = true,
            description = "The entry, as 'quorate status' names it.")
    private long lsn;

    @Option(names = "--yes", description = "Confirms that what this entry says is to be lost.")
    private boolean confirmed;

    @Override
    public void run() {
        if (lsn < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--lsn must be 1 or more, not " + lsn);
        }
        if (!confirmed) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "what entry " + lsn + " of shard " + shard
                            + " says will be lost; repeat with --yes if that is wanted");
        }
        JsonNode record =
                cluster.admin(output::progress, admin -> admin.skipEntry(Arguments.shard(shard), new Lsn(lsn)));
        output.print(record, "entry " + lsn + " of shard " + shard + " is skipped on all replicas");
    }
}
