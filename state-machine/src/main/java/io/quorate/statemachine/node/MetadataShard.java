package io.quorate.statemachine.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvEntry;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.KvResult;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/**
 * The shard that holds the cluster: JSON documents under {@code node/NAME}, {@code shard/NAME} and {@code cluster}, changed by
 * compare-and-set. Used on its leader; elsewhere calls are refused with the leader's name. Blocking.
 */
final class MetadataShard {
    static final ShardId ID = new ShardId("meta");
    static final String APPLICATION = "kv";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HostedShard shard;

    MetadataShard(HostedShard shard) {
        this.shard = shard;
    }

    boolean leads() {
        return shard.status().leads();
    }

    ClusterId cluster() {
        return shard.descriptor().cluster();
    }

    /** The cluster's feature level: that of this shard's log. */
    int featureLevel() {
        return shard.status().versions().featureLevel();
    }

    /** All documents whose key begins with the prefix, as of now. */
    Map<String, ObjectNode> list(String prefix) {
        Map<String, ObjectNode> found = new TreeMap<>();
        Optional<KvQuery.Range> rest = Optional.of(KvQuery.prefix(Bytes.utf8(prefix)));
        while (rest.isPresent()) {
            KvResult.Page page = (KvResult.Page) query(rest.get());
            for (KvEntry entry : page.entries()) {
                found.put(entry.key().utf8(), parse(entry.value()));
            }
            KvQuery.Range range = rest.get();
            rest = page.next().map(range::continueAt);
        }
        return found;
    }

    Optional<ObjectNode> get(String key) {
        KvResult.Found found = (KvResult.Found) query(KvQuery.get(Bytes.utf8(key)));
        return found.entry().map(entry -> parse(entry.value()));
    }

    private KvResult query(KvQuery query) {
        try {
            return KvResult.decode(shard.query(query.encode(), ReadConsistency.LINEARIZABLE, TIMEOUT)
                    .join()
                    .value());
        } catch (CompletionException e) {
            throw new AdminException(
                    "METADATA_UNAVAILABLE",
                    "the metadata shard cannot be read: " + e.getCause().getMessage(),
                    e);
        }
    }

    /**
     * One document that is to be another.
     *
     * @param expected what it still must be; empty: absent
     * @param update what it becomes; empty: absent
     */
    record Change(String key, Optional<ObjectNode> expected, Optional<ObjectNode> update) {}

    /** As {@link #replaceAll}, of one document. A repetition of a change that was made succeeds. */
    void replace(String key, Optional<ObjectNode> expected, Optional<ObjectNode> update) {
        replaceAll(List.of(new Change(key, expected, update)));
    }

    /**
     * Replaces all documents if each is still what it was, and none otherwise.
     *
     * @throws AdminException {@code CONFLICT} if one is not, {@code METADATA_UNAVAILABLE} if the outcome is not known or the shard
     *     cannot be written
     */
    void replaceAll(List<Change> changes) {
        LogRecord record =
                LogRecord.sessionless(EntryKind.USER, transaction(changes).encode());
        AppendOutcome outcome =
                shard.append(record, WriteConcern.MAJORITY, TIMEOUT).join();
        if (!(outcome instanceof Committed committed) || committed.result().refused()) {
            throw new AdminException(
                    "METADATA_UNAVAILABLE", "the metadata shard was not changed for certain: " + reason(outcome));
        }
        KvResult result = KvResult.decode(committed.result().value());
        if (result instanceof KvResult.Failed failed && !isRepetition(changes, failed)) {
            throw new AdminException(
                    "CONFLICT",
                    "'" + changes.get(failed.condition()).key()
                            + "' was changed by somebody else meanwhile; look and try again");
        }
    }

    private static KvCommand transaction(List<Change> changes) {
        KvCommand.TransactionBuilder transaction = KvCommand.transaction();
        for (Change change : changes) {
            Bytes key = Bytes.utf8(change.key());
            change.expected()
                    .map(MetadataShard::encode)
                    .ifPresentOrElse(value -> transaction.ifValueIs(key, value), () -> transaction.ifAbsent(key));
            change.update()
                    .map(MetadataShard::encode)
                    .ifPresentOrElse(value -> transaction.put(key, value), () -> transaction.delete(key));
        }
        return transaction.build();
    }

    private static boolean isRepetition(List<Change> changes, KvResult.Failed failed) {
        return changes.size() == 1
                && failed.actual()
                        .map(KvEntry::value)
                        .equals(changes.get(0).update().map(MetadataShard::encode));
    }

    private static String reason(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Rejected rejected) {
            return rejected.message();
        }
        if (outcome instanceof AppendOutcome.Indeterminate indeterminate) {
            return indeterminate.message();
        }
        return outcome instanceof Committed refused
                ? refused.result().value().utf8()
                : "it is on the leader's disk only";
    }

    private static Bytes encode(ObjectNode document) {
        return Bytes.utf8(document.toString());
    }

    private static ObjectNode parse(Bytes document) {
        try {
            return (ObjectNode) JSON.readTree(document.utf8());
        } catch (JsonProcessingException e) {
            throw new AdminException("METADATA_DAMAGED", "a document of the metadata shard is no JSON: " + document, e);
        }
    }
}
