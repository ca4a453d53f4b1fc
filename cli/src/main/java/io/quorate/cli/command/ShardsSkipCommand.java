package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
            "Refused if a member has applied the entry: then rebuild the parked replicas from the others "
                    + "(peers remove, wipe its data directory, peers add). There is no way back.",
            "",
            "Refused, too, if a member does not answer: start it. It cannot be removed from the shard, since that takes a leader, and"
                    + " nobody leads while all others are parked. If it is lost for good, name it with --without: the others, which"
                    + " must be a majority, go on and take it out of the shard."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate shards skip orders --lsn 4711 --yes",
            "  quorate shards skip orders --lsn 4711 --without n3 --yes"
        })
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

    @Option(
            names = "--without",
            paramLabel = "NODE",
            split = ",",
            description =
                    "Members that are lost for good and need not agree. If one of them had applied the entry and somebody was told so,"
                            + " that is lost. Default: none")
    private List<NodeId> without = List.of();

    @Option(names = "--yes", description = "Do not ask whether what this entry says may be lost.")
    private boolean confirmed;

    @Override
    public void run() {
        Confirmation.of(output).require(confirmed, loss());
        JsonNode record = cluster.admin(output::progress, admin -> admin.skipEntry(shard, lsn, Set.copyOf(without)));
        output.print(record, "entry " + lsn + " of shard " + shard + " is skipped on all replicas");
    }

    private String loss() {
        String entry = "what entry " + lsn + " of shard " + shard + " says will be lost";
        return without.isEmpty()
                ? entry
                : entry + ", even if " + join(without, " or ") + " applied it and acknowledged that; "
                        + join(without, " and ")
                        + " will be no member any more, and must not come back with the present disk";
    }

    private static String join(List<NodeId> nodes, String delimiter) {
        return nodes.stream().map(NodeId::value).collect(Collectors.joining(delimiter));
    }
}
