package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.topology.ShardId;
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
final class ShardsSkipCommand implements Runnable {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "SHARD", description = "Its name.")
    private ShardId shard;

    @Option(
            names = "--lsn",
            paramLabel = "LSN",
            required = true,
            converter = Converters.Position.class,
            description = "LSN of the entry, as 'quorate status' names it.")
    private Lsn lsn;

    @Option(names = "--yes", description = "Do not ask whether what this entry says may be lost.")
    private boolean confirmed;

    @Override
    public void run() {
        Confirmation.of(output).require(confirmed, "what entry " + lsn + " of shard " + shard + " says will be lost");
        JsonNode record = cluster.admin(output::progress, admin -> admin.skipEntry(shard, lsn));
        output.print(record, "entry " + lsn + " of shard " + shard + " is skipped on all replicas");
    }
}
