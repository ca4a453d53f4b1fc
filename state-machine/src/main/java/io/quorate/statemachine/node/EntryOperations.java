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
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A node's part in skipping an entry. Blocking. */
final class EntryOperations {
    /** Name of the error of a replica that applied an entry that all others skip: it knows that, and is parked. */
    static final String DIVERGED = "DIVERGED";

    private EntryOperations() {}

    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T run(Step<T> step) {
        try {
            return step.run();
        } catch (SkipRefusedException e) {
            throw new AdminException(nameOf(e.kind()), e.getMessage(), e);
        } catch (IOException e) {
            throw new AdminException("FAILED", "cannot take note: " + e.getMessage(), e);
        }
    }

    private static String nameOf(SkipRefusedException.Kind kind) {
        return switch (kind) {
            case PASSING -> "BEHIND";
            case FINAL -> "REFUSED";
            case DIVERGED -> DIVERGED;
        };
    }

    private static UUID group(JsonNode arguments) {
        return DescriptorJson.parse(() -> UUID.fromString(DescriptorJson.text(arguments, "group")));
    }

    /** {@code {group}}: answers with where the replica is parked, if it is, and promises nothing. */
    static JsonNode look(RatisShardHost shards, JsonNode arguments) {
        return write(shards.parkedEntry(group(arguments)));
    }

    private static ObjectNode write(Optional<ParkedEntry> parked) {
        ObjectNode answer = DescriptorJson.object();
        parked.ifPresent(entry -> answer.put("parkedLsn", entry.lsn().value())
                .put("index", entry.index())
                .put("checksum", entry.checksum())
                .put("held", entry.held())
                .put("cause", entry.cause()));
        return answer;
    }

    /** {@code {group, lsn, attempt}}; answers with where the replica is parked, if it is, and with its members. */
    static JsonNode hold(RatisShardHost shards, JsonNode arguments) {
        EntryMark mark = SkipRecord.readMark(arguments);
        UUID group = group(arguments);
        return withMembers(write(run(() -> shards.holdEntry(group, mark.lsn(), mark.attempt()))), shards, group);
    }

    /** {@code {group, lsn, attempt, state, checksum}}; answers with the members of the replica's configuration. */
    static JsonNode settle(RatisShardHost shards, JsonNode arguments) {
        EntryMark mark = SkipRecord.readMark(arguments);
        UUID group = group(arguments);
        run(() -> {
            shards.settleEntry(group, mark);
            return mark;
        });
        return withMembers(DescriptorJson.object().put("lsn", mark.lsn().value()), shards, group);
    }

    private static ObjectNode withMembers(ObjectNode answer, RatisShardHost shards, UUID group) {
        answer.putArray("peers");
        for (HostedShard shard : shards.all()) {
            if (shard.descriptor().groupId().equals(group)) {
                shard.status().peers().forEach(peer -> answer.withArray("/peers")
                        .add(DescriptorJson.write(peer)));
            }
        }
        return answer;
    }

    /**
     * Before this node, as a shard's leader, lets a member in: that one must know of every entry that is skipped here, and no question may
     * be open. What is decided later asks it, too.
     *
     * @param told LSNs of the entries that it was told of
     * @throws AdminException {@code BEHIND} if it must be told first
     */
    static void checkTold(RatisShardHost shards, UUID group, JsonNode told) {
        Set<Long> known = new HashSet<>();
        told.forEach(lsn -> known.add(lsn.asLong()));
        for (EntryMark mark : shards.entryMarks(group)) {
            if (mark.state() == EntryMark.State.HELD) {
                throw new AdminException(
                        "BEHIND",
                        "entry " + mark.lsn() + " is held until it is decided whether all replicas skip it; finish"
                                + " 'quorate shards skip' first");
            }
            if (mark.state() == EntryMark.State.SKIPPED
                    && !known.contains(mark.lsn().value())) {
                throw new AdminException(
                        "BEHIND", "the new member must be told first that entry " + mark.lsn() + " is skipped");
            }
        }
    }
}
