package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.node.NodeConfig;
import io.quorate.statemachine.node.QuorateNode;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory has one owner: one node at a time, and always the same. */
class DataDirectoryTest {
    @TempDir
    Path directory;

    private final StateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());

    private QuorateNode start(String name, Path data) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        return new QuorateNode(NodeConfig.lan(
                new NodeId(name),
                "127.0.0.1:" + port,
                data,
                stores,
                ApplicationCatalog.of(List.of(KvApplication::new))));
    }

    @Test
    void aDirectoryInUseOrOfAnotherNodeIsRefusedByName() throws IOException {
        Path data = directory.resolve("data");
        PeerId first;
        try (QuorateNode node = start("n1", data)) {
            first = node.identity().peer();
            assertThatThrownBy(() -> start("n1", data))
                    .as("two nodes with one directory")
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining(data.toString());
        }
        assertThatThrownBy(() -> start("n2", data))
                .as("directory of another node")
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("n1");
        try (QuorateNode node = start("n1", data)) {
            assertThat(node.identity().peer()).as("the same life of its disk").isEqualTo(first);
        }
        try (QuorateNode node = start("n1", directory.resolve("wiped"))) {
            assertThat(node.identity().peer().node()).isEqualTo(first.node());
            assertThat(node.identity().peer()).as("a wiped disk is a new peer").isNotEqualTo(first);
        }
    }
}
