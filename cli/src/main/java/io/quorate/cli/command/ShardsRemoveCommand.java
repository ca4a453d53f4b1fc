package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a shard. */
@Command(
        name = "remove",
        description = {
            "Removes a shard with all its data, on every node.",
            "",
            "There is no way back but a copy of your own. Asks first, where it runs at a terminal; elsewhere it takes --yes.",
            "",
            "Waits until every member has deleted it. One that is down does so when it comes back; one that never does is removed"
                    + " from the cluster with 'quorate nodes remove', after which the removal is done."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate shards remove orders", "  quorate shards remove orders --yes"})
final class ShardsRemoveCommand implements Runnable {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "SHARD", description = "Its name.")
    private ShardId shard;

    @Option(names = "--yes", description = "Do not ask whether all its data may be lost.")
    private boolean confirmed;

    @Override
    public void run() {
        cluster.admin(output::progress, admin -> {
            Optional<String> loss = loss(admin);
            // where it is not there, the cluster says whether it ever was
            loss.ifPresent(text -> Confirmation.of(output).require(confirmed, text));
            loss.ifPresent(output::progress);
            admin.removeShard(shard);
            return shard;
        });
        output.print(Map.of("removed", shard.value()), "shard " + shard + " is removed");
    }

    /** What goes with the shard; empty if it is not there. */
    private Optional<String> loss(ClusterAdmin admin) {
        for (JsonNode record : admin.shards().path("shards")) {
            JsonNode descriptor = record.path("descriptor");
            if (descriptor.path("shard").asText().equals(shard.value())) {
                return Optional.of(text(descriptor, lastLsn(admin)));
            }
        }
        return Optional.empty();
    }

    private String text(JsonNode descriptor, OptionalLong lastLsn) {
        List<String> nodes = new ArrayList<>();
        descriptor
                .path("peers")
                .forEach(peer -> nodes.add(peer.path("id").asText().split("\\.")[0]));
        return "shard " + shard + " (application "
                + descriptor.path("application").asText() + ", on "
                + String.join(", ", nodes) + ") is lost for good, with its log and state"
                + (lastLsn.isPresent() ? ", up to lsn " + lastLsn.getAsLong() : "");
    }

    private OptionalLong lastLsn(ClusterAdmin admin) {
        OptionalLong last = OptionalLong.empty();
        for (JsonNode node : admin.status()) {
            for (JsonNode replica : node.path("shards")) {
                if (replica.path("shard").asText().equals(shard.value())) {
                    long lsn = replica.path("appliedLsn").asLong();
                    last = OptionalLong.of(Math.max(lsn, last.orElse(0)));
                }
            }
        }
        return last;
    }
}
