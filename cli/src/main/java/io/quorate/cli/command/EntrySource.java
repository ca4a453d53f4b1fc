package io.quorate.cli.command;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.logapp.LogPage;
import io.quorate.statemachine.logapp.LogQuery;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import java.time.Duration;

/** Where the entries of a shard are read from. Blocking. */
interface EntrySource extends AutoCloseable {
    /** Entries from an LSN on; none if there is none yet. */
    LogPage read(Lsn from);

    @Override
    default void close() {}

    /**
     * Of a shard with application log what it keeps; of any other, what lies in its leader's log.
     *
     * @param patience how long a read may take
     * @param wait how long to wait for an entry where there is none, if the source can; below the patience
     */
    static EntrySource of(ShardDescriptor shard, ClusterOptions cluster, Duration patience, Duration wait) {
        return shard.application().equals(LogApplication.NAME)
                ? kept(shard.shard(), cluster.client(shard, patience))
                : logged(shard.shard(), cluster, patience, wait);
    }

    private static EntrySource kept(ShardId shard, QuorateClient client) {
        return new EntrySource() {
            @Override
            public LogPage read(Lsn from) {
                return LogPage.decode(client.shard(shard)
                        .queryAndWait(
                                LogQuery.read(from).encode(), ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY)
                        .value());
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private static EntrySource logged(ShardId shard, ClusterOptions cluster, Duration patience, Duration wait) {
        return from -> {
            LogSlice slice = cluster.admin(trouble -> {}, patience, admin -> admin.tail(shard, from, wait));
            return new LogPage(
                    slice.entries().stream()
                            .map(entry -> new LogPage.Entry(entry.lsn(), entry.payload()))
                            .toList(),
                    slice.next());
        };
    }
}
