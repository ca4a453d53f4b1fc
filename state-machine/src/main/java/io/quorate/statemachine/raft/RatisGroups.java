package io.quorate.statemachine.raft;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;

/** Opens and closes Raft groups of this node's server. Blocking. */
final class RatisGroups {
    private final RaftServer server;
    private final LocalCalls calls;

    RatisGroups(RaftServer server, LocalCalls calls) {
        this.server = server;
        this.calls = calls;
    }

    /**
     * Opens the group of a shard: with the members of the descriptor if this node founds it with them, else with none, to wait until
     * the leader adds it.
     *
     * @param format true if there is nothing of it on disk
     */
    void add(ShardFile file, boolean format) throws IOException {
        RaftGroupId group = RaftGroupId.valueOf(file.descriptor().groupId());
        RaftGroup members = file.founds()
                ? RaftGroup.valueOf(
                        group,
                        file.descriptor().peers().stream()
                                .map(RaftView::toRaftPeer)
                                .toList())
                : RaftGroup.valueOf(group);
        await(server.groupManagementAsync(
                GroupManagementRequest.newAdd(calls.clientId(), server.getId(), calls.nextCallId(), members, format)));
    }

    /** Closes a group; a no-op if it is not open. */
    void remove(UUID group, boolean deleteDirectory) throws IOException {
        if (isOpen(group)) {
            await(server.groupManagementAsync(GroupManagementRequest.newRemove(
                    calls.clientId(),
                    server.getId(),
                    calls.nextCallId(),
                    RaftGroupId.valueOf(group),
                    deleteDirectory,
                    false)));
        }
    }

    private boolean isOpen(UUID group) {
        for (RaftGroupId open : server.getGroupIds()) {
            if (open.getUuid().equals(group)) {
                return true;
            }
        }
        return false;
    }

    private static void await(CompletableFuture<RaftClientReply> future) throws IOException {
        RaftClientReply reply;
        try {
            reply = future.join();
        } catch (CompletionException e) {
            throw new IOException("Ratis failed: " + e.getCause(), e);
        }
        if (!reply.isSuccess()) {
            throw new IOException("Ratis refused: " + reply.getException().getMessage(), reply.getException());
        }
    }
}
