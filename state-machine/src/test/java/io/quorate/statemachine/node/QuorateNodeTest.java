package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.topology.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuorateNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayOpen = new CountDownLatch(1);

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Goes on whether or not it is interrupted, as what opens a directory may. */
    private void holdUp() {
        begun.countDown();
        boolean held = true;
        while (held) {
            try {
                held = !mayOpen.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException toldToStop) {
                assertThat(Thread.interrupted()).isFalse();
            }
        }
    }

    private static void close(QuorateNode node) {
        try {
            node.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aNodeThatIsClosedWhileItBeginsToServeLeavesNothingOpen() throws Exception {
        int port = freePort();
        String address = "127.0.0.1:" + port;
        try (RocksDbStateStoreFactory stores =
                        new RocksDbStateStoreFactory(new RocksDbMemory(32 << 20, 16 << 20, 4 << 20, 2));
                AdminClient operator = new AdminClient(Optional.empty())) {
            NodeConfig config = NodeConfig.lan(
                    new NodeId("n1"),
                    address,
                    directory.resolve("n1"),
                    stores,
                    ApplicationCatalog.of(List.of(KvApplication::new)));
            QuorateNode node = new QuorateNode(config, (hosting, services) -> {
                holdUp();
                return new RatisShardHost(hosting, services);
            });
            FutureTask<Void> closing = new FutureTask<>(() -> close(node), null);
            Thread closer = new Thread(closing);
            try {
                operator.call(
                        address,
                        "cluster.join",
                        DescriptorJson.object().put("cluster", UUID.randomUUID().toString()),
                        PATIENCE);
                assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
                closer.start();
                await().atMost(PATIENCE).until(() -> closing.isDone() || closer.getState() == Thread.State.BLOCKED);
            } finally {
                mayOpen.countDown();
            }
            closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                assertThat(again.isBound()).as("nothing listens any more").isTrue();
            }
        }
    }
}
