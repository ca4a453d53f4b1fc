package io.quorate.cli.command;

import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.topology.ShardDescriptor;

/** Which commands go with which application: what one application's command writes, another could not read. Pure. */
final class ShardKinds {
    private static final String METADATA = "meta";

    private ShardKinds() {}

    /** Refuses a shard of another application, and says which command to use. */
    static void require(ShardDescriptor shard, String application) {
        if (!shard.application().equals(application)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "shard " + shard.shard() + " has application '" + shard.application()
                            + "', and this command is for '" + application + "': use " + advice(shard.application()));
        }
    }

    /** Refuses the cluster's own shard, too. */
    static void requireWritable(ShardDescriptor shard, String application) {
        require(shard, application);
        if (shard.shard().value().equals(METADATA)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "shard " + METADATA + " is the cluster's own: 'quorate shards' and 'quorate peers' change it");
        }
    }

    private static String advice(String application) {
        return switch (application) {
            case KvApplication.NAME -> "'quorate kv'";
            case LogApplication.NAME -> "'quorate log append' and 'quorate log tail'";
            default -> "the program that the application belongs to; 'quorate log tail' shows its entries";
        };
    }
}
