package io.quorate.tests.cluster;

import io.quorate.cli.process.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;

/**
 * Three servers of plain Ratis with LINEARIZABLE reads and one register: what Quorate's reads are compared with. The first has the
 * highest priority and, leading, waits a minute for its followers before it gives up.
 */
final class BareRatis implements AutoCloseable {
    /** Keeps the last value written, in memory. */
    private static final class Register extends BaseStateMachine {
        private volatile String value = "";

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
            value = transaction
                    .getLogEntry()
                    .getStateMachineLogEntry()
                    .getLogData()
                    .toStringUtf8();
            updateLastAppliedTermIndex(
                    transaction.getLogEntry().getTerm(),
                    transaction.getLogEntry().getIndex());
            return CompletableFuture.completedFuture(Message.EMPTY);
        }

        @Override
        public CompletableFuture<Message> query(Message request) {
            return CompletableFuture.completedFuture(Message.valueOf(value));
        }
    }

    private final RaftGroupId group = RaftGroupId.randomId();
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final List<RaftServer> servers = new ArrayList<>();

    BareRatis(Path directory) throws IOException {
        List<RaftPeer> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId("bare" + i)
                    .setAddress("127.0.0.1:" + FreePorts.pick(1).get(0))
                    .setPriority(i == 0 ? 1 : 0)
                    .build());
        }
        for (int i = 0; i < 3; i++) {
            RaftServer server = RaftServer.newBuilder()
                    .setServerId(peers.get(i).getId())
                    .setGroup(RaftGroup.valueOf(group, peers))
                    .setStateMachine(new Register())
                    .setOption(RaftStorage.StartupOption.FORMAT)
                    .setProperties(properties(directory.resolve("bare" + i), peers.get(i), i == 0))
                    .build();
            server.start();
            servers.add(server);
        }
    }

    private static RaftProperties properties(Path directory, RaftPeer peer, boolean first) {
        RaftProperties p = new RaftProperties();
        p.set("raft.server.storage.dir", directory.toString());
        p.set("raft.server.read.option", "LINEARIZABLE");
        p.set("raft.server.rpc.first-election.timeout.min", first ? "300ms" : "3s");
        p.set("raft.server.rpc.first-election.timeout.max", first ? "600ms" : "4s");
        p.set("raft.server.rpc.timeout.min", "1s");
        p.set("raft.server.rpc.timeout.max", first ? "60s" : "2s");
        p.set("raft.server.log.preallocated.size", "64KB");
        // else an entry of its own follows the write some time, and the hole opens only at the next read behind it
        p.set("raft.server.log.log-metadata.enabled", "false");
        int port =
                Integer.parseInt(peer.getAddress().substring(peer.getAddress().lastIndexOf(':') + 1));
        GrpcConfigKeys.Server.setHost(p, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(p, port);
        return p;
    }

    static String id(int server) {
        return "bare" + server;
    }

    boolean leads(int server) throws IOException {
        return servers.get(server).getDivision(group).getInfo().isLeaderReady();
    }

    /** Writes at one server; false if it did not commit it. */
    boolean write(int server, String value) throws IOException {
        return call(server, value, RaftClientRequest.writeRequestType()).isSuccess();
    }

    /** Reads at one server, as linearizable as Ratis has it. */
    String read(int server) throws IOException {
        RaftClientReply reply = call(server, "", RaftClientRequest.readRequestType());
        return reply.isSuccess()
                ? reply.getMessage().getContent().toString(StandardCharsets.UTF_8)
                : reply.getException().toString();
    }

    private RaftClientReply call(int server, String content, RaftClientRequest.Type type) throws IOException {
        return servers.get(server)
                .submitClientRequest(RaftClientRequest.newBuilder()
                        .setClientId(client)
                        .setServerId(servers.get(server).getId())
                        .setGroupId(group)
                        .setCallId(calls.incrementAndGet())
                        .setMessage(Message.valueOf(content))
                        .setType(type)
                        .build());
    }

    @Override
    public void close() throws IOException {
        for (RaftServer server : servers) {
            server.close();
        }
    }
}
