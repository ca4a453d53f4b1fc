package io.quorate.cli.command;

import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import java.util.function.Function;

/** Names that users type, refused with their reason. */
final class Arguments {
    private Arguments() {}

    static ShardId shard(String name) {
        return parse(ShardId::new, name);
    }

    static NodeId node(String name) {
        return parse(NodeId::new, name);
    }

    static String address(String hostAndPort) {
        return parse(Peer::checkAddress, hostAndPort);
    }

    private static <T> T parse(Function<String, T> parser, String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
        }
    }
}
