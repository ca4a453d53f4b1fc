package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.local.LogCheck;
import io.quorate.cli.local.LogCheck.Held;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.logapp.LogCommand;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the demonstration and the tests with kill -9 end with counts no entry as found that is not there as it was acknowledged. */
class LogCheckTest {
    private static final ShardId SHARD = new ShardId("events");

    @TempDir
    Path directory;

    @Test
    void anEntryThatIsLostOrAnotherOrElsewhereIsNotFound() throws IOException {
        List<Bytes> entries = Stream.of("one", "two", "three").map(Bytes::utf8).toList();
        Map<Integer, Lsn> acknowledged = new HashMap<>();
        try (Nodes nodes = new Nodes(directory, node -> new LogApplication())) {
            String address = nodes.start("n1");
            try (ClusterAdmin admin = nodes.admin();
                    QuorateClient client = nodes.client()) {
                admin.init(1);
                admin.createShard(SHARD, LogApplication.NAME, List.of(), 1);
                for (int i = 0; i < entries.size(); i++) {
                    Bytes command = LogCommand.append(entries.get(i)).encode();
                    Committed outcome = (Committed) client.shard(SHARD).appendAndWait(command);
                    acknowledged.put(i, outcome.lsn());
                }
                assertThat(check(admin, address, entries, acknowledged)).isEqualTo(new Held(3, 3));

                List<Bytes> others = List.of(entries.get(0), Bytes.utf8("another"), entries.get(2));
                assertThat(check(admin, address, others, acknowledged))
                        .as("another than was sent")
                        .isEqualTo(new Held(3, 2));

                Map<Integer, Lsn> exchanged = new HashMap<>(acknowledged);
                exchanged.put(0, acknowledged.get(1));
                exchanged.put(1, acknowledged.get(0));
                assertThat(check(admin, address, entries, exchanged))
                        .as("under another LSN")
                        .isEqualTo(new Held(3, 1));

                Map<Integer, Lsn> withoutPlace = new HashMap<>(acknowledged);
                withoutPlace.put(1, Lsn.ZERO);
                assertThat(check(admin, address, entries, withoutPlace))
                        .as("lost")
                        .isEqualTo(new Held(3, 2));
            }
        }
    }

    private static Held check(ClusterAdmin admin, String address, List<Bytes> entries, Map<Integer, Lsn> acknowledged) {
        return new LogCheck(admin, SHARD, entries, acknowledged).check(address);
    }
}
