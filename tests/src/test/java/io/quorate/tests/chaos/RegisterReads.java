package io.quorate.tests.chaos;

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
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** One client of one register that reads at whom it takes for the leader. Closing it ends its connections. */
final class RegisterReads implements AutoCloseable {
    private static final Bytes KEY = Bytes.utf8("register");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration READ = Duration.ofSeconds(2);

    private final QuorateClient client;
    private final ShardClient shard;
    private final ReadConsistency consistency;

    RegisterReads(QuorateClient client, ReadConsistency consistency) {
        this.client = client;
        this.shard = client.shard(ChaosCluster.KV);
        this.consistency = consistency;
    }

    /** Writes until it is acknowledged. */
    static void write(QuorateClient client, String value) {
        Awaitility.await("write of " + value).atMost(PATIENCE).until(() -> {
            AppendOutcome outcome = client.shard(ChaosCluster.KV)
                    .appendAndWait(KvCommand.put(KEY, Bytes.utf8(value)).encode(), WriteConcern.MAJORITY, PATIENCE);
            return outcome instanceof Committed;
        });
    }

    /** Reads in flight; each ends with a value, or empty if it was refused. */
    List<CompletableFuture<QueryResult>> ask(int reads) {
        List<CompletableFuture<QueryResult>> asked = new ArrayList<>();
        for (int i = 0; i < reads; i++) {
            asked.add(shard.query(KvQuery.get(KEY).encode(), consistency, ReadPreference.PRIMARY, READ));
        }
        return asked;
    }

    /** The same, once all of them are on their way to a node. */
    List<CompletableFuture<QueryResult>> askAndAwaitSent(int reads) {
        long before = client.statistics().queriesSent();
        List<CompletableFuture<QueryResult>> asked = ask(reads);
        Awaitility.await("reads on their way")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> client.statistics().queriesSent() >= before + reads);
        return asked;
    }

    /** The value that a read ended with; empty if it was refused. */
    static Optional<String> value(CompletableFuture<QueryResult> read) throws Exception {
        try {
            QueryResult answer = read.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return ((KvResult.Found) KvResult.decode(answer.value())).entry().map(entry -> entry.value()
                    .utf8());
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof ReadUnavailableException) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Waits until a read ends with this value. */
    void awaitValue(String value) {
        Awaitility.await("read of " + value)
                .atMost(PATIENCE)
                .until(() -> value(ask(1).get(0)), Optional.of(value)::equals);
    }

    @Override
    public void close() {
        client.close();
    }
}
