package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.topology.ShardId;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Raises the versions of a shard's log. */
@Command(
        name = "upgrade",
        description = {
            "Raises the version of the apply function by which a shard's entries are applied.",
            "",
            "The new version is an entry of the log itself: every replica goes over to it at the same entry, so a rolling upgrade "
                    + "cannot make them differ. First restart all nodes with a build that has the new version; until this command "
                    + "they go on with the old one. Refused, naming the member, while one does not have it or does not answer.",
            "",
            "There is no way back: versions never go down."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate shards upgrade orders --dry-run", "  quorate shards upgrade orders --apply-version 2"})
final class ShardsUpgradeCommand implements Runnable {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "SHARD", description = "Its name; 'meta' for the cluster's own.")
    private ShardId shard;

    @Option(
            names = "--apply-version",
            paramLabel = "N",
            converter = Converters.Count.class,
            description = "Version to go to. Default: the newest that all members have.")
    private Integer applyVersion;

    @Option(names = "--dry-run", description = "Change nothing; only say who stands against it.")
    private boolean dryRun;

    @Override
    public void run() {
        OptionalInt wanted = applyVersion == null ? OptionalInt.empty() : OptionalInt.of(applyVersion);
        JsonNode answer = cluster.admin(output::progress, admin -> admin.upgradeShard(shard, wanted, dryRun));
        output.print(answer, text(answer));
    }

    private String text(JsonNode answer) {
        String step = "from apply version "
                + answer.path("before").path("applyVersion").asInt() + " to "
                + answer.path("wanted").path("applyVersion").asInt();
        if (!answer.path("objections").isEmpty()) {
            StringBuilder text = new StringBuilder("shard " + shard + " cannot go " + step + ":");
            answer.path("objections")
                    .forEach(why ->
                            text.append(System.lineSeparator()).append("  ").append(why.asText()));
            return text.toString();
        }
        if (answer.path("raised").asBoolean()) {
            return "shard " + shard + " went " + step + " at lsn "
                    + answer.path("lsn").asLong();
        }
        boolean same = answer.path("before").equals(answer.path("wanted"));
        return same
                ? "shard " + shard + " is at apply version "
                        + answer.path("before").path("applyVersion").asInt() + " already"
                : "shard " + shard + " can go " + step;
    }
}
