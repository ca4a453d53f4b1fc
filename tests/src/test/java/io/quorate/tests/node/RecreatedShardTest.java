package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.client.KvClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shard is removed and created again under its name. Ids of writer sessions are LSNs, so those of the former life are given out once
 * more: a client of then must not write into the session of somebody of now.
 */
class RecreatedShardTest {
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    private static void put(KvClient shard, String key) {
        shard.put(Bytes.utf8(key), Bytes.utf8("value"));
    }

    private static boolean has(KvClient shard, String key) {
        return shard.get(Bytes.utf8(key)).isPresent();
    }

    @Test
    void aClientOfTheFormerLifeWritesIntoASessionOfItsOwn() throws IOException {
        try (Nodes nodes = new Nodes(directory, node -> new Ledger())) {
            nodes.start("n1");
            try (ClusterAdmin admin = nodes.admin();
                    QuorateClient oldClient = nodes.client();
                    QuorateClient newClient = nodes.client()) {
                admin.init(1);
                admin.createShard(SHARD, KvApplication.NAME, List.of(), 1);
                KvClient then = KvClient.of(oldClient.shard(SHARD));
                for (int i = 0; i < 3; i++) {
                    put(then, "former " + i);
                }
                admin.removeShard(SHARD);
                admin.createShard(SHARD, KvApplication.NAME, List.of(), 1);
                KvClient now = KvClient.of(newClient.shard(SHARD));
                for (int i = 0; i < 3; i++) {
                    put(now, "present " + i);
                }
                put(then, "of the old client");
                put(now, "behind it");
                for (String key : List.of("present 0", "present 1", "present 2", "of the old client", "behind it")) {
                    assertThat(has(now, key)).as(key).isTrue();
                }
                assertThat(has(now, "former 0")).isFalse();
            }
        }
    }
}
