package io.quorate.cli.local;

import io.quorate.statemachine.logapp.LogPage;
import io.quorate.statemachine.logapp.LogQuery;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a voter's own state, not the leader's, and compares it with what was sent. */
public final class LogCheck {
    /**
     * What one replica holds.
     *
     * @param entries entries in all
     * @param found acknowledged entries that it holds byte for byte under their LSN
     */
    public record Held(int entries, int found) {}

    private final ClusterAdmin admin;
    private final ShardId shard;
    private final List<Bytes> entries;
    private final Map<Integer, Lsn> acknowledged;

    /** @param acknowledged LSN of each acknowledged entry, by its position among the entries */
    public LogCheck(ClusterAdmin admin, ShardId shard, List<Bytes> entries, Map<Integer, Lsn> acknowledged) {
        this.admin = admin;
        this.shard = shard;
        this.entries = entries;
        this.acknowledged = acknowledged;
    }

    /** What the replica at an address holds, once it has applied all that was acknowledged. */
    public Held check(String address) {
        Lsn last = acknowledged.values().stream().max(Lsn::compareTo).orElse(Lsn.ZERO);
        Map<Lsn, Bytes> held = new HashMap<>();
        Lsn next = new Lsn(1);
        while (true) {
            LogPage page = LogPage.decode(
                    admin.queryNode(address, shard, LogQuery.read(next).encode(), last));
            if (page.entries().isEmpty()) {
                break;
            }
            page.entries().forEach(entry -> held.put(entry.lsn(), entry.data()));
            next = page.next();
        }
        int found = 0;
        for (Map.Entry<Integer, Lsn> entry : acknowledged.entrySet()) {
            if (entries.get(entry.getKey()).equals(held.get(entry.getValue()))) {
                found++;
            }
        }
        return new Held(held.size(), found);
    }
}
