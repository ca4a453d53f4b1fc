package io.quorate.cli.bench.quorate;

import io.quorate.cli.bench.system.LoadTarget;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One client with its connection: appends are puts of changing keys, reads are linearizable gets on the leader. */
final class QuorateTarget implements LoadTarget {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Keys of one writer: enough that hardly any write of a batch meets an earlier one. */
    private static final long KEYS = 100_000;

    private final QuorateClient client;
    private final ShardClient shard;

    QuorateTarget(List<String> addresses) {
        this.client = QuorateClient.create(
                ClientConfig.of(addresses.toArray(String[]::new)).withTimeout(TIMEOUT));
        this.shard = client.shard(Quorate.SHARD);
    }

    @Override
    public CompletableFuture<Void> append(int writer, long sequence, byte[] value) {
        Bytes command = KvCommand.put(key(writer, sequence), Bytes.wrap(value)).encode();
        return shard.append(command).thenAccept(QuorateTarget::requireCommitted);
    }

    private static void requireCommitted(AppendOutcome outcome) {
        if (!(outcome instanceof Committed)) {
            throw new IllegalStateException("append ended as " + outcome);
        }
    }

    @Override
    public CompletableFuture<Void> read(int reader, long sequence) {
        CompletableFuture<QueryResult> answer = shard.query(
                KvQuery.get(key(reader, sequence)).encode(), ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);
        return answer.thenAccept(result -> {});
    }

    private static Bytes key(int writer, long sequence) {
        return Bytes.wrap(
                ByteBuffer.allocate(12).putInt(writer).putLong(sequence % KEYS).array());
    }

    @Override
    public void close() {
        client.close();
    }
}
