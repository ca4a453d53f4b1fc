package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Generation;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.util.Optional;

/** Records of skips in the metadata: carried out on the metadata shard's leader. Blocking. */
final class SkipOperations {
    private final MetadataShard metadata;

    SkipOperations(MetadataShard metadata) {
        this.metadata = metadata;
    }

    /** Begins, or goes on with, the skip of an entry: {@code {shard, lsn}}. Answers with its record. */
    JsonNode propose(JsonNode arguments) {
        Lsn lsn = lsn(arguments);
        ShardDescriptor descriptor = descriptor(arguments);
        Optional<ObjectNode> before = metadata.get(SkipRecord.key(descriptor, lsn));
        if (isUnderWay(before)) {
            return before.get();
        }
        // members that do not know yet that an earlier attempt was withdrawn take the later one for the valid one
        int attempt =
                before.map(SkipRecord::read).map(known -> known.attempt() + 1).orElse(1);
        SkipRecord record = SkipRecord.proposed(descriptor, lsn, attempt);
        metadata.replace(record.key(), before, Optional.of(record.write()));
        return record.write();
    }

    /** {@code {shard, lsn}}: answers with the shard, as {@code descriptor}, and whether a skip of the entry is {@code underWay}. */
    JsonNode look(JsonNode arguments) {
        ShardDescriptor descriptor = descriptor(arguments);
        ObjectNode answer = DescriptorJson.object();
        answer.set("descriptor", DescriptorJson.write(descriptor));
        return answer.put("underWay", isUnderWay(metadata.get(SkipRecord.key(descriptor, lsn(arguments)))));
    }

    private static boolean isUnderWay(Optional<ObjectNode> document) {
        return document.map(SkipRecord::read)
                .filter(known -> known.state() != SkipRecord.State.WITHDRAWN)
                .isPresent();
    }

    private static Lsn lsn(JsonNode arguments) {
        return DescriptorJson.parse(() -> new Lsn(arguments.path("lsn").asLong()));
    }

    private ShardDescriptor descriptor(JsonNode arguments) {
        String shard = DescriptorJson.text(arguments, "shard");
        if (shard.equals(MetadataShard.ID.value())) {
            throw new AdminException(
                    "REFUSED", "skips are recorded in the metadata shard, so none of its own entries can be skipped");
        }
        return metadata.get(ShardRecord.key(shard))
                .map(ShardRecord::read)
                .filter(record -> record.state() == ShardRecord.State.ACTIVE)
                .orElseThrow(() -> new AdminException("UNKNOWN_SHARD", "no shard '" + shard + "' in the cluster"))
                .descriptor();
    }

    /**
     * Decides or withdraws: {@code {record, state, checksum?}} with the record as it was proposed, as its peers all those that were
     * asked, and those of them that were given up. Repeating it is a no-op; what was decided otherwise meanwhile is answered with.
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
        ObjectNode update = known.withPeers(proposed.shard().peers())
                .withLost(proposed.lost())
                .with(state, arguments.path("checksum").asInt())
                .write();
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
