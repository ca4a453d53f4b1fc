package io.quorate.cli.command;

import io.quorate.topology.ClusterId;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a cluster of nodes that wait. */
@Command(
        name = "init",
        description = {
            "Makes one cluster of the nodes given with --server, once.",
            "",
            "The nodes must run and wait. They get a common cluster id and a metadata shard, which holds the list of nodes and"
                    + " shards. Running it again, after a failure or by mistake, is harmless."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = "  quorate init --server 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003")
final class InitCommand implements Runnable {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private Output output;

    @Option(
            names = "--voters",
            paramLabel = "N",
            defaultValue = "3",
            converter = Converters.Count.class,
            description = "Voters of the metadata shard: the first N nodes. Default: ${DEFAULT-VALUE} nodes")
    private int voters;

    @Override
    public void run() {
        ClusterId id = cluster.admin(output::progress, admin -> admin.init(voters));
        MetadataVoters.warn(Math.min(voters, cluster.servers().size()), output);
        output.print(Map.of("cluster", id.toString()), "cluster " + id);
    }
}
