package io.quorate.tests.chaos;

import io.quorate.cli.process.ParentWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;

/** A process with one server of plain Ratis, LINEARIZABLE reads and one register: what Quorate's reads are compared with. */
final class RatisRegisterNode {
    private static final RaftGroupId GROUP = RaftGroupId.valueOf(new UUID(0, 1));

    private RatisRegisterNode() {}

    /** The group of servers at these ports. */
    static RaftGroup group(List<Integer> ports) {
        List<RaftPeer> peers = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId("bare" + i)
                    .setAddress("127.0.0.1:" + ports.get(i))
                    .build());
        }
        return RaftGroup.valueOf(GROUP, peers);
    }

    /** Arguments: index of this server, its directory, the ports of all. */
    public static void main(String[] arguments) throws Exception {
        ParentWatch.haltWhenParentGone();
        int self = Integer.parseInt(arguments[0]);
        List<Integer> ports = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            ports.add(Integer.parseInt(arguments[i]));
        }
        RaftGroup group = group(ports);
        RaftProperties p = new RaftProperties();
        p.set("raft.server.storage.dir", arguments[1]);
        p.set("raft.server.read.option", "LINEARIZABLE");
        p.set("raft.server.rpc.timeout.min", "1s");
        p.set("raft.server.rpc.timeout.max", "2s");
        p.set("raft.server.log.preallocated.size", "64KB");
        // else an entry of its own follows the write some time, and the hole opens only at the next read behind it
        p.set("raft.server.log.log-metadata.enabled", "false");
        GrpcConfigKeys.Server.setHost(p, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(p, ports.get(self));
        RaftServer server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf("bare" + self))
                .setGroup(group)
                .setStateMachine(new Register())
                .setOption(RaftStorage.StartupOption.FORMAT)
                .setProperties(p)
                .build();
        server.start();
    }

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
}
