package io.quorate.statemachine.client;

import io.quorate.statemachine.service.StreamLimits;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Three nodes with one shard, {@code orders}, whose log they share. The first leads. */
final class TestCluster implements AutoCloseable {
    static final ShardId ORDERS = new ShardId("orders");

    final SharedLog log = new SharedLog();
    final List<TestNode> nodes = new ArrayList<>();
    final List<TestShard> shards = new ArrayList<>();

    TestCluster(int size, StreamLimits limits) {
        for (int port : freePorts(size)) {
            nodes.add(new TestNode("n" + (nodes.size() + 1), port, limits));
        }
        List<Peer> peers = nodes.stream().map(TestNode::peer).toList();
        for (TestNode node : nodes) {
            TestShard shard = new TestShard(log, node.peer().id(), peers);
            shards.add(shard);
            node.serve(ORDERS, shard).start();
        }
        lead(0);
    }

    static TestCluster of(int size) {
        return new TestCluster(size, StreamLimits.DEFAULT);
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
    }

    void lead(int node) {
        log.lead(nodes.get(node).peer().id());
    }

    ClientConfig config() {
        return ClientConfig.of(nodes.stream().map(TestNode::address).toArray(String[]::new))
                .withCluster(SharedLog.CLUSTER);
    }

    QuorateClient client() {
        return QuorateClient.create(config());
    }

    QuorateClient client(ClientThreads threads) {
        return QuorateClient.create(config(), threads);
    }

    @Override
    public void close() {
        nodes.forEach(TestNode::close);
    }
}
