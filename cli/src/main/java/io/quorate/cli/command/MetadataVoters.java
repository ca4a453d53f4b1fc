package io.quorate.cli.command;

/** Warns of a metadata shard that no node's loss leaves whole. */
final class MetadataVoters {
    private static final int ENOUGH = 3;

    private MetadataVoters() {}

    static void warn(int voters, Output output) {
        if (voters < ENOUGH) {
            output.note("warning: the metadata shard has " + Amount.of(voters, "voter", "voters") + ": "
                    + (voters == 1
                            ? "if its disk is lost, so is the list of nodes and shards"
                            : "if one of them is down, no node or shard can be added or changed")
                    + "; add voters with 'quorate peers add meta HOST:PORT' until it has " + ENOUGH);
        }
    }
}
