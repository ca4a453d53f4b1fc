package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.EntryMark;
import io.quorate.statemachine.raft.ParkedEntry;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.raft.SkipRefusedException;
import io.quorate.statemachine.service.AdminException;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/** A node's part in skipping an entry. Blocking. */
final class EntryOperations {
    private EntryOperations() {}

    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T run(Step<T> step) {
        try {
            return step.run();
        } catch (SkipRefusedException e) {
            throw new AdminException(e.passing() ? "BEHIND" : "REFUSED", e.getMessage(), e);
        } catch (IOException e) {
            throw new AdminException("FAILED", "cannot take note: " + e.getMessage(), e);
        }
    }

    private static UUID group(JsonNode arguments) {
        return DescriptorJson.parse(() -> UUID.fromString(DescriptorJson.text(arguments, "group")));
    }

    /** {@code {group, lsn, attempt}}; answers with where the replica is parked by its application, and with its members. */
    static JsonNode hold(RatisShardHost shards, JsonNode arguments) {
        EntryMark mark = SkipRecord.readMark(arguments);
        UUID group = group(arguments);
        Optional<ParkedEntry> parked = run(() -> shards.holdEntry(group, mark.lsn(), mark.attempt()));
        ObjectNode answer = DescriptorJson.object();
        parked.ifPresent(entry -> answer.put("parkedLsn", entry.lsn().value())
                .put("index", entry.index())
                .put("checksum", entry.checksum())
                .put("cause", entry.cause()));
        answer.putArray("peers");
        for (HostedShard shard : shards.all()) {
            if (shard.descriptor().groupId().equals(group)) {
                shard.status().peers().forEach(peer -> answer.withArray("/peers")
                        .add(DescriptorJson.write(peer)));
            }
        }
        return answer;
    }

    /** {@code {group, lsn, attempt, state, checksum}}. */
    static JsonNode settle(RatisShardHost shards, JsonNode arguments) {
        EntryMark mark = SkipRecord.readMark(arguments);
        run(() -> {
            shards.settleEntry(group(arguments), mark);
            return mark;
        });
        return DescriptorJson.object().put("lsn", mark.lsn().value());
    }
}
