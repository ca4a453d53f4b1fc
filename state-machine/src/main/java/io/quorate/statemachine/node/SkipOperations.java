package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Generation;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.util.Optional;
import java.util.Set;

/** Records of skips in the metadata: carried out on the metadata shard's leader. Blocking. */
final class SkipOperations {
    private final MetadataShard metadata;

    SkipOperations(MetadataShard metadata) {
        this.metadata = metadata;
    }

    /** Begins, or goes on with, the skip of an entry: {@code {shard, lsn}}. Answers with its record. */
    JsonNode propose(JsonNode arguments) {
        String shard = DescriptorJson.text(arguments, "shard");
        if (shard.equals(MetadataShard.ID.value())) {
            throw new AdminException(
                    "REFUSED", "skips are recorded in the metadata shard, so none of its own entries can be skipped");
        }
        Lsn lsn = DescriptorJson.parse(() -> new Lsn(arguments.path("lsn").asLong()));
        ShardDescriptor descriptor = metadata.get(ShardRecord.key(shard))
                .map(ShardRecord::read)
                .filter(record -> record.state() == ShardRecord.State.ACTIVE)
                .orElseThrow(() -> new AdminException("UNKNOWN_SHARD", "no shard '" + shard + "' in the cluster"))
                .descriptor();
        Optional<ObjectNode> before = metadata.get(SkipRecord.key(descriptor, lsn));
        Optional<SkipRecord> known = before.map(SkipRecord::read);
        if (known.isPresent() && known.get().state() != SkipRecord.State.WITHDRAWN) {
            return before.get();
        }
        // members that do not know yet that an earlier attempt was withdrawn take the later one for the valid one
        int attempt = known.map(record -> record.attempt() + 1).orElse(1);
        SkipRecord record = new SkipRecord(descriptor, lsn, attempt, SkipRecord.State.PROPOSED, 0, Set.of());
        metadata.replace(record.key(), before, Optional.of(record.write()));
        return record.write();
    }

    /**
     * Decides or withdraws: {@code {record, state, checksum?}} with the record as it was proposed. Repeating it is a no-op; what was
     * decided otherwise meanwhile is answered with.
     */
    JsonNode conclude(JsonNode arguments) {
        SkipRecord proposed = SkipRecord.read(arguments.path("record"));
        SkipRecord.State state =
                DescriptorJson.parse(() -> SkipRecord.State.valueOf(DescriptorJson.text(arguments, "state")));
        ObjectNode before = metadata.get(proposed.key())
                .orElseThrow(() -> new AdminException("INVALID", "no skip " + proposed.key() + " was proposed"));
        SkipRecord known = SkipRecord.read(before);
        if (known.state() != SkipRecord.State.PROPOSED || known.attempt() != proposed.attempt()) {
            return before;
        }
        ObjectNode update =
                known.with(state, arguments.path("checksum").asInt()).write();
        metadata.replace(known.key(), Optional.of(before), Optional.of(update));
        return update;
    }

    /** Skips of a shard's life: {@code {shard, generation}}. */
    JsonNode list(JsonNode arguments) {
        ShardId shard = DescriptorJson.parse(() -> new ShardId(DescriptorJson.text(arguments, "shard")));
        Generation generation = DescriptorJson.parse(
                () -> new Generation(arguments.path("generation").asLong()));
        ObjectNode answer = DescriptorJson.object();
        answer.putArray("skips");
        metadata.list(SkipRecord.prefix(shard, generation)).values().forEach(answer.withArray("/skips")::add);
        return answer;
    }
}
