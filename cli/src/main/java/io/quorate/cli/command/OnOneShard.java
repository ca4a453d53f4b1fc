package io.quorate.cli.command;

import io.quorate.topology.ShardId;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What commands on one shard have in common. */
abstract class OnOneShard {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private Output output;

    @Parameters(index = "0", paramLabel = "SHARD", description = "Name of the shard.")
    private ShardId shard;

    ClusterOptions cluster() {
        return cluster;
    }

    Output output() {
        return output;
    }

    ShardId shard() {
        return shard;
    }
}
