package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvEntry;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.client.KvClient;
import io.quorate.statemachine.kv.client.KvDecision;
import io.quorate.statemachine.kv.client.KvWriteException;
import io.quorate.statemachine.kv.client.KvWritten;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvClientTest {
    @TempDir
    static Path directory;

    private static InProcessCluster cluster;
    private static QuorateClient client;
    private static KvClient kv;

    @BeforeAll
    static void found() {
        cluster = new InProcessCluster(directory, List.of(KvApplication::new), UnaryOperator.identity());
        ShardDescriptor shard = cluster.found(3, "s1", KvApplication.NAME);
        client = cluster.client(UnaryOperator.identity());
        kv = KvClient.of(client.shard(shard.shard()));
    }

    @AfterAll
    static void close() {
        client.close();
        cluster.close();
    }

    private static Bytes text(String text) {
        return Bytes.utf8(text);
    }

    @Test
    void keysArePutReadAndDeletedBlockingAndNot() {
        Lsn lsn = kv.put(text("a"), text("1")).lsn().orElseThrow();
        assertThat(kv.get(text("a"))).contains(new KvEntry(text("a"), text("1"), lsn.value()));
        kv.putAsync(text("a"), text("2")).join();
        assertThat(kv.getAsync(text("a")).join().orElseThrow().value()).isEqualTo(text("2"));
        kv.delete(text("a"));
        kv.deleteAsync(text("a")).join();
        assertThat(kv.get(text("a"))).isEmpty();
    }

    @Test
    void aConditionalWriteSaysWhetherItWasDoneAndWhatStoodAgainstIt() {
        Bytes key = text("cas");
        assertThat(kv.compareAndSet(key, Optional.empty(), Optional.of(text("1")))
                        .done())
                .isTrue();
        KvDecision failed = kv.compareAndSet(key, Optional.empty(), Optional.of(text("2")));
        assertThat(failed.done()).isFalse();
        assertThat(failed.failure().orElseThrow().actual().orElseThrow().value())
                .isEqualTo(text("1"));
        long version = kv.get(key).orElseThrow().version();
        KvCommand.Transaction move = KvCommand.transaction()
                .ifVersionIs(key, version)
                .ifAbsent(text("cas moved"))
                .put(text("cas moved"), text("1"))
                .delete(key)
                .build();
        // decided although a lone ONE could not be
        assertThat(kv.withConcern(WriteConcern.ONE).transact(move).done()).isTrue();
        assertThat(kv.transactAsync(move).join().failure().orElseThrow().condition())
                .isZero();
        assertThat(kv.get(text("cas moved"))).isPresent();
        assertThat(kv.compareAndSetAsync(text("cas moved"), Optional.of(text("1")), Optional.empty())
                        .join()
                        .done())
                .isTrue();
    }

    @Test
    void aScanGoesOverPagesUpToItsLimit() {
        for (int i = 0; i < 25; i++) {
            kv.putAsync(text(String.format("scan/%02d", i)), text("v")).join();
        }
        KvQuery.Range pages = KvQuery.prefix(text("scan/")).withLimit(10);
        assertThat(kv.scan(pages, 100))
                .hasSize(25)
                .isEqualTo(kv.scanAsync(pages, 100).join());
        assertThat(kv.scan(pages, 12))
                .extracting(entry -> entry.key().utf8())
                .last()
                .isEqualTo("scan/11");
        assertThat(kv.scanAsync(pages, 12).join()).hasSize(12);
        assertThat(kv.page(pages).next()).contains(text("scan/10"));
        assertThatIllegalArgumentException().isThrownBy(() -> kv.scan(pages, 0));
    }

    @Test
    void concernsConsistenciesAndPreferencesAreCarriedThrough() {
        KvWritten all = kv.withConcern(WriteConcern.ALL).put(text("c"), text("1"));
        assertThat(all.missing()).isEmpty();
        KvWritten one = kv.withConcern(WriteConcern.ONE).put(text("c"), text("2"));
        assertThat(one.missing()).isEmpty();
        Lsn lsn = kv.withConcern(WriteConcern.quorum(2))
                .put(text("c"), text("3"))
                .lsn()
                .orElseThrow();
        for (ReadPreference preference : ReadPreference.values()) {
            for (ReadConsistency consistency : List.of(
                    ReadConsistency.LINEARIZABLE,
                    new ReadConsistency.Session(lsn),
                    new ReadConsistency.BoundedStaleness(Duration.ZERO))) {
                assertThat(kv.withConsistency(consistency)
                                .withPreference(preference)
                                .get(text("c"))
                                .orElseThrow()
                                .value())
                        .as(consistency + " " + preference)
                        .isEqualTo(text("3"));
            }
        }
    }

    @Test
    void whatWasNotWrittenIsAnExceptionThatSaysSo() {
        Bytes huge = Bytes.wrap(new byte[8 << 20]);
        assertThatExceptionOfType(KvWriteException.class)
                .isThrownBy(() -> kv.put(text("huge"), huge))
                .satisfies(failure -> assertThat(failure.mayHaveHappened()).isFalse());
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> kv.putAsync(text("huge"), huge).join())
                .withCauseInstanceOf(KvWriteException.class);
        assertThat(kv.get(text("huge"))).isEmpty();
    }
}
