package io.quorate.cli.bench.quorate;

import io.quorate.cli.bench.system.LoadTarget;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.ClientThreads;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.KvResult;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One client with its connection: appends are puts of changing keys, reads are gets; the key says in which shard. */
final class QuorateTarget implements LoadTarget {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Enough that hardly any two writes of a batch meet, few enough that the state soon stops growing. */
    static final long KEYS = 1_000_000;
    /** Written before they are read. */
    static final long READ_KEYS = 100_000;

    private final QuorateClient client;
    private final List<ShardClient> shards;
    private final QuorateSetup setup;

    QuorateTarget(List<String> addresses, ClientThreads threads, QuorateSetup setup) {
        this.setup = setup;
        this.client = QuorateClient.create(
                ClientConfig.of(addresses.toArray(String[]::new)).withTimeout(TIMEOUT), threads);
        this.shards = setup.shardIds().stream().map(client::shard).toList();
    }

    @Override
    public CompletableFuture<Void> append(int writer, long sequence, byte[] value) {
        long number = Long.remainderUnsigned(spread(writer, sequence), KEYS);
        return put(number, Bytes.wrap(value)).thenAccept(QuorateTarget::requireCommitted);
    }

    private CompletableFuture<AppendOutcome> put(long number, Bytes value) {
        return shardOf(number).append(KvCommand.put(key(number), value).encode());
    }

    private ShardClient shardOf(long number) {
        return shards.get((int) (number % shards.size()));
    }

    private static void requireCommitted(AppendOutcome outcome) {
        if (!(outcome instanceof Committed)) {
            throw new IllegalStateException("append ended as " + outcome);
        }
    }

    @Override
    public CompletableFuture<Void> read(int reader, long sequence) {
        long number = Long.remainderUnsigned(spread(reader, sequence), READ_KEYS);
        CompletableFuture<QueryResult> answer =
                shardOf(number).query(KvQuery.get(key(number)).encode(), setup.consistency(), setup.preference());
        return answer.thenAccept(QuorateTarget::requireFound);
    }

    private static void requireFound(QueryResult result) {
        if (!(KvResult.decode(result.value()) instanceof KvResult.Found found)
                || found.entry().isEmpty()) {
            throw new IllegalStateException("a key that was written is not found");
        }
    }

    @Override
    public void prepareReads(int valueBytes) {
        Bytes value = Bytes.wrap(new byte[valueBytes]);
        List<CompletableFuture<AppendOutcome>> puts = new ArrayList<>();
        for (long number = 0; number < READ_KEYS; number++) {
            puts.add(put(number, value));
        }
        puts.forEach(put -> requireCommitted(put.join()));
        if (!setup.consistency().equals(ReadConsistency.LINEARIZABLE)) {
            shards.forEach(QuorateTarget::awaitFollowers);
        }
    }

    /** A follower that answers a linearizable read has applied what was written; reads that may be old would miss it otherwise. */
    private static void awaitFollowers(ShardClient shard) {
        Bytes any = KvQuery.get(key(0)).encode();
        for (int turn = 0; turn < Quorate.SERVERS; turn++) {
            shard.query(any, ReadConsistency.LINEARIZABLE, ReadPreference.SECONDARY)
                    .join();
        }
    }

    private static long spread(int client, long sequence) {
        long spread = (sequence << Integer.SIZE | client) * 0x9E3779B97F4A7C15L;
        return spread ^ spread >>> Integer.SIZE;
    }

    private static Bytes key(long number) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    @Override
    public void close() {
        client.close();
    }
}
