package io.quorate.cli.demo;

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
final class DemoCheck {
    private final ClusterAdmin admin;
    private final ShardId shard;
    private final List<Bytes> entries;
    private final Map<Integer, Lsn> acknowledged;

    DemoCheck(ClusterAdmin admin, ShardId shard, List<Bytes> entries, Map<Integer, Lsn> acknowledged) {
        this.admin = admin;
        this.shard = shard;
        this.entries = entries;
        this.acknowledged = acknowledged;
    }

    /** What a voter holds, once it has applied all that was acknowledged; its digest is added by the caller. */
    DemoReport.Voter check(String node, String address) {
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
        return new DemoReport.Voter(node, 0, "", held.size(), found);
    }
}
