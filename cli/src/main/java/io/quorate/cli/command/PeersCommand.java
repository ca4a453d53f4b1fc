package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import java.util.Collections;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Members of a shard. */
@Command(
        name = "peers",
        description = {
            "Lists, adds, removes and promotes members of a shard while it serves.",
            "",
            "Every command may be repeated after any failure and goes on where it was."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate peers list orders",
            "  quorate peers add orders 127.0.0.1:7004",
            "  quorate peers remove orders n1"
        },
        subcommands = {
            PeersCommand.ListPeers.class,
            PeersCommand.Add.class,
            PeersCommand.Remove.class,
            PeersCommand.Promote.class
        })
final class PeersCommand extends CommandGroup {
    /** What they have in common. */
    abstract static class OnShard implements Runnable {
        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Parameters(index = "0", paramLabel = "SHARD", description = "Name of the shard.")
        private ShardId shard;

        ShardId shard() {
            return shard;
        }

        void change(Consumer<ClusterAdmin> change) {
            JsonNode leader = cluster.admin(output::progress, admin -> {
                change.accept(admin);
                return admin.leader(shard);
            });
            StringBuilder text = new StringBuilder();
            for (JsonNode peer : leader.path("peers")) {
                boolean leads =
                        peer.path("id").asText().equals(leader.path("self").asText());
                text.append(String.format(
                        "%-36s %-22s %s%s%n",
                        peer.path("id").asText(),
                        peer.path("address").asText(),
                        peer.path("role").asText(),
                        leads ? ", leads" : ""));
            }
            if (shard.value().equals("meta")) {
                MetadataVoters.warn(
                        Collections.frequency(leader.path("peers").findValuesAsText("role"), "VOTER"), output);
            }
            output.print(
                    Map.of("shard", shard.value(), "peers", leader.path("peers")),
                    text.toString().stripTrailing());
        }
    }

    /** Lists. */
    @Command(
            name = "list",
            description = "Lists the members of a shard, as its leader knows them.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate peers list orders")
    static final class ListPeers extends OnShard {
        @Override
        public void run() {
            change(admin -> {});
        }
    }

    /** Adds. */
    @Command(
            name = "add",
            description = {
                "Adds the node at an address to a shard.",
                "",
                "The node joins the cluster if it is new, is brought up to date while it counts for no majority, and votes once it has"
                        + " caught up. How far it is is shown once a second."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  quorate peers add orders 127.0.0.1:7004",
                "  quorate peers add orders 127.0.0.1:7004 --role observer"
            })
    static final class Add extends OnShard {
        @Parameters(
                index = "1",
                paramLabel = "HOST:PORT",
                converter = Converters.Address.class,
                description = "Where the node listens.")
        private String address;

        @CommandLine.ArgGroup
        private Wanted wanted = new Wanted();

        /** What it shall be. */
        static final class Wanted {
            @Option(
                    names = "--role",
                    paramLabel = "ROLE",
                    description = "voter, or observer: it follows, but does not vote. Default: voter")
            private String role = "voter";

            @Option(names = "--observer", description = "The same as --role observer.")
            private boolean observer;
        }

        private boolean votes() {
            if (wanted.role.equals("witness")) {
                throw new CommandFailure(
                        ExitCode.REFUSED,
                        "witnesses are not offered yet: Ratis has no such role, and a voter without data that comes to lead could not "
                                + "serve; add a voter, or an observer that has no vote");
            }
            if (!wanted.role.equals("voter") && !wanted.role.equals("observer")) {
                throw new CommandFailure(ExitCode.USAGE, "--role '" + wanted.role + "' is neither voter nor observer");
            }
            return !wanted.observer && wanted.role.equals("voter");
        }

        @Override
        public void run() {
            boolean votes = votes();
            change(admin -> admin.addPeer(shard(), address, votes));
        }
    }

    /** Removes. */
    @Command(
            name = "remove",
            description = {
                "Removes a node from a shard and deletes what it kept of it.",
                "",
                "Leadership leaves the node first. Refused if the voters that remain and answer would be no majority.",
                "",
                "A node that is dead is removed all the same; what it kept stays on its disk then. Once no shard has it any more,"
                        + " 'quorate nodes remove' takes it out of the cluster."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate peers remove orders n1")
    static final class Remove extends OnShard {
        @Parameters(index = "1", paramLabel = "NODE", description = "Name of the node.")
        private NodeId node;

        @Override
        public void run() {
            change(admin -> admin.removePeer(shard(), node));
        }
    }

    /** Promotes. */
    @Command(
            name = "promote",
            description = "Makes an observer a voter, once it has caught up.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate peers promote orders n4")
    static final class Promote extends OnShard {
        @Parameters(index = "1", paramLabel = "NODE", description = "Name of the node.")
        private NodeId node;

        @Override
        public void run() {
            change(admin -> admin.promotePeer(shard(), node));
        }
    }
}
