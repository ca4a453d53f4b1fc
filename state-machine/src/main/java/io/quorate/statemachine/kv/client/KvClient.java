package io.quorate.statemachine.kv.client;

import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvEntry;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.KvResult;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Keys and values of a shard whose application is {@code kv}. Thread-safe, and cheap to make. Immutable: {@code with} methods give
 * another one that shares the shard's handle.
 *
 * <p>Asynchronous methods fail with the exceptions that the blocking ones throw: {@link KvWriteException} for a write, {@link
 * io.quorate.wal.log.ReadUnavailableException} for a read that cannot be had in time.
 */
public final class KvClient {
    private final ShardClient shard;
    private final WriteConcern concern;
    private final ReadConsistency consistency;
    private final ReadPreference preference;

    private KvClient(ShardClient shard, WriteConcern concern, ReadConsistency consistency, ReadPreference preference) {
        this.shard = Objects.requireNonNull(shard, "shard");
        this.concern = Objects.requireNonNull(concern, "concern");
        this.consistency = Objects.requireNonNull(consistency, "consistency");
        this.preference = Objects.requireNonNull(preference, "preference");
    }

    /** Writes with MAJORITY, reads linearizably from the leader, with the client's timeout. */
    public static KvClient of(ShardClient shard) {
        return new KvClient(shard, WriteConcern.MAJORITY, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);
    }

    /** The same shard with another concern for writes. */
    public KvClient withConcern(WriteConcern other) {
        return new KvClient(shard, other, consistency, preference);
    }

    /** The same shard with another consistency of reads. */
    public KvClient withConsistency(ReadConsistency other) {
        return new KvClient(shard, concern, other, preference);
    }

    /** The same shard with another choice of the replica that reads. */
    public KvClient withPreference(ReadPreference other) {
        return new KvClient(shard, concern, consistency, other);
    }

    /** As {@link #put}; the future fails with what that throws. */
    public CompletableFuture<KvWritten> putAsync(Bytes key, Bytes value) {
        return append(KvCommand.put(key, value), concern).thenApply(KvClient::written);
    }

    /**
     * Puts a value, whatever there was.
     *
     * @throws KvWriteException if it was not done, or may not have been; says which
     */
    public KvWritten put(Bytes key, Bytes value) {
        return written(appendAndWait(KvCommand.put(key, value), concern));
    }

    /** As {@link #delete}; the future fails with what that throws. */
    public CompletableFuture<KvWritten> deleteAsync(Bytes key) {
        return append(KvCommand.delete(key), concern).thenApply(KvClient::written);
    }

    /** Removes a key; a no-op if there is none. */
    public KvWritten delete(Bytes key) {
        return written(appendAndWait(KvCommand.delete(key), concern));
    }

    /** As {@link #compareAndSet}; the future fails with what that throws. */
    public CompletableFuture<KvDecision> compareAndSetAsync(
            Bytes key, Optional<Bytes> expected, Optional<Bytes> update) {
        return transactAsync(KvCommand.compareAndSet(key, expected, update));
    }

    /**
     * Sets or removes a key if it is as expected.
     *
     * @param expected value that the key must have; empty: it must be absent
     * @param update value to set; empty: remove the key
     */
    public KvDecision compareAndSet(Bytes key, Optional<Bytes> expected, Optional<Bytes> update) {
        return transact(KvCommand.compareAndSet(key, expected, update));
    }

    /** As {@link #transact}; the future fails with what that throws. */
    public CompletableFuture<KvDecision> transactAsync(KvCommand.Transaction transaction) {
        return append(transaction, decidable()).thenApply(KvClient::decided);
    }

    /** Does all writes if all conditions hold. Concern ONE counts as MAJORITY here: only what is applied has been decided. */
    public KvDecision transact(KvCommand.Transaction transaction) {
        return decided(appendAndWait(transaction, decidable()));
    }

    private WriteConcern decidable() {
        return concern instanceof WriteConcern.One ? WriteConcern.MAJORITY : concern;
    }

    /** As {@link #get}; the future fails with what that throws. */
    public CompletableFuture<Optional<KvEntry>> getAsync(Bytes key) {
        return query(KvQuery.get(key)).thenApply(result -> ((KvResult.Found) result).entry());
    }

    /** The value of a key, and when it was written. */
    public Optional<KvEntry> get(Bytes key) {
        return ((KvResult.Found) queryAndWait(KvQuery.get(key))).entry();
    }

    /** One page of a range; {@link KvQuery.Range#continueAt} asks for the next. */
    public CompletableFuture<KvResult.Page> pageAsync(KvQuery.Range range) {
        return query(range).thenApply(result -> (KvResult.Page) result);
    }

    /** One page of a range; {@link KvQuery.Range#continueAt} asks for the next. */
    public KvResult.Page page(KvQuery.Range range) {
        return (KvResult.Page) queryAndWait(range);
    }

    /**
     * The first entries of a range, of as many pages as it takes; each page is of a moment of its own.
     *
     * @param limit entries at most, from 1
     */
    public CompletableFuture<List<KvEntry>> scanAsync(KvQuery.Range range, int limit) {
        return scan(range, checkLimit(limit), new ArrayList<>());
    }

    private CompletableFuture<List<KvEntry>> scan(KvQuery.Range range, int limit, List<KvEntry> found) {
        return pageAsync(atMost(range, limit - found.size())).thenCompose(page -> {
            found.addAll(page.entries());
            boolean over = page.next().isEmpty() || found.size() >= limit;
            return over
                    ? CompletableFuture.completedFuture(List.copyOf(found))
                    : scan(range.continueAt(page.next().get()), limit, found);
        });
    }

    /** As {@link #scanAsync}. */
    public List<KvEntry> scan(KvQuery.Range range, int limit) {
        List<KvEntry> found = new ArrayList<>();
        Optional<KvQuery.Range> rest = Optional.of(range);
        checkLimit(limit);
        while (rest.isPresent() && found.size() < limit) {
            KvResult.Page page = page(atMost(rest.get(), limit - found.size()));
            found.addAll(page.entries());
            rest = page.next().map(rest.get()::continueAt);
        }
        return List.copyOf(found);
    }

    private static int checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("scan of at most " + limit + " entries");
        }
        return limit;
    }

    private static KvQuery.Range atMost(KvQuery.Range range, int entries) {
        return range.withLimit(Math.min(entries, range.limit()));
    }

    private CompletableFuture<AppendOutcome> append(KvCommand command, WriteConcern wanted) {
        return shard.append(command.encode(), wanted, timeout());
    }

    private AppendOutcome appendAndWait(KvCommand command, WriteConcern wanted) {
        return shard.appendAndWait(command.encode(), wanted, timeout());
    }

    private Duration timeout() {
        return shard.defaultTimeout();
    }

    private CompletableFuture<KvResult> query(KvQuery query) {
        return shard.query(query.encode(), consistency, preference).thenApply(KvClient::decode);
    }

    private KvResult queryAndWait(KvQuery query) {
        return decode(shard.queryAndWait(query.encode(), consistency, preference));
    }

    private static KvResult decode(QueryResult result) {
        return KvResult.decode(result.value());
    }

    private static KvWritten written(AppendOutcome outcome) {
        if (outcome instanceof LeaderDurable) {
            return new KvWritten(Optional.empty(), Set.of());
        }
        Committed committed = committed(outcome);
        return new KvWritten(Optional.of(committed.lsn()), committed.missing());
    }

    private static KvDecision decided(AppendOutcome outcome) {
        Committed committed = committed(outcome);
        KvResult result = KvResult.decode(committed.result().value());
        return new KvDecision(
                committed.lsn(),
                result instanceof KvResult.Failed failed ? Optional.of(failed) : Optional.empty(),
                committed.missing());
    }

    private static Committed committed(AppendOutcome outcome) {
        if (outcome instanceof Committed committed && !committed.result().refused()) {
            return committed;
        }
        throw new KvWriteException(outcome);
    }
}
