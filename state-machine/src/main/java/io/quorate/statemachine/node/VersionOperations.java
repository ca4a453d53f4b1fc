package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.VersionSurvey;
import io.quorate.statemachine.service.AdminException;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.RejectReason;
import java.time.Duration;

/** What a node tells and does about the versions of a shard's log. Blocking. */
final class VersionOperations {
    private VersionOperations() {}

    /** What the members support, what is in force and what could be: {@code {shard}}. */
    static JsonNode survey(HostedShard shard) {
        VersionSurvey survey = shard.surveyVersions().join();
        ObjectNode answer = DescriptorJson.object();
        answer.set("versions", DescriptorJson.write(survey.agreed()));
        answer.set("newest", DescriptorJson.write(survey.newest()));
        ObjectNode members = answer.putObject("members");
        survey.support().forEach((peer, can) -> {
            ObjectNode member = members.putObject(peer.toString());
            member.set("featureLevels", DescriptorJson.write(can.featureLevels()));
            member.set("applyVersions", DescriptorJson.write(can.applyVersions()));
        });
        ObjectNode silent = answer.putObject("silent");
        survey.silent().forEach((peer, why) -> silent.put(peer.toString(), why));
        return answer;
    }

    /**
     * Raises the versions on the leader, or only says who stands against it: {@code {shard, featureLevel?, applyVersion?, dryRun?}};
     * what is not given is the newest that all members have.
     */
    static JsonNode raise(HostedShard shard, JsonNode arguments, Duration timeout) {
        if (!shard.status().leads()) {
            throw new AdminException(
                    "NOT_LEADER",
                    "this replica does not lead shard " + shard.descriptor().shard());
        }
        VersionSurvey survey = shard.surveyVersions().join();
        LogVersions newest = survey.newest();
        LogVersions wanted = DescriptorJson.parse(() -> new LogVersions(
                arguments.path("featureLevel").asInt(newest.featureLevel()),
                arguments.path("applyVersion").asInt(newest.applyVersion())));
        ObjectNode answer = DescriptorJson.object();
        answer.set("before", DescriptorJson.write(survey.agreed()));
        answer.set("wanted", DescriptorJson.write(wanted));
        answer.putArray("objections");
        survey.objections(wanted).forEach(answer.withArray("/objections")::add);
        boolean changes = !wanted.equals(survey.agreed());
        boolean dryRun = arguments.path("dryRun").asBoolean(false);
        if (!dryRun && (changes || !survey.objections(wanted).isEmpty())) {
            answer.put("lsn", committed(shard.raiseVersions(wanted, timeout).join()));
        }
        return answer.put("raised", changes && !dryRun);
    }

    private static long committed(AppendOutcome outcome) {
        if (outcome instanceof Committed done && !done.result().refused()) {
            return done.lsn().value();
        }
        if (outcome instanceof Committed refused) {
            throw new AdminException("REFUSED", refused.result().value().utf8());
        }
        if (outcome instanceof Rejected rejected) {
            boolean moved = rejected.reason() == RejectReason.NOT_LEADER;
            throw new AdminException(moved ? "NOT_LEADER" : "REFUSED", rejected.message());
        }
        throw new AdminException("INDETERMINATE", "it is not known whether the versions were raised: " + outcome);
    }
}
