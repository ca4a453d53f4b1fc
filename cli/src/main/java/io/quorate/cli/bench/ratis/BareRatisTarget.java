package io.quorate.cli.bench.ratis;

import io.quorate.cli.bench.system.LoadTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** One Ratis client with connections of its own; an append is one Raft entry. */
final class BareRatisTarget implements LoadTarget {
    private final RaftClient client;

    BareRatisTarget(RaftGroup group, RaftPeerId leader) {
        this.client = BareRatisClients.open(group, leader);
    }

    @Override
    public CompletableFuture<Void> append(int writer, long sequence, byte[] value) {
        ByteString content = UnsafeByteOperations.unsafeWrap(value);
        return client.async().send(() -> content).thenAccept(BareRatisTarget::requireSuccess);
    }

    @Override
    public CompletableFuture<Void> read(int reader, long sequence) {
        return client.async().sendReadOnly(Message.EMPTY).thenAccept(BareRatisTarget::requireSuccess);
    }

    private static void requireSuccess(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new IllegalStateException("not successful: " + reply, reply.getException());
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the client of bare Ratis", e);
        }
    }
}
