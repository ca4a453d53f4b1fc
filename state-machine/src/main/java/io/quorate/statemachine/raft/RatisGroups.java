package io.quorate.statemachine.raft;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;

/** Opens and closes Raft groups of this node's server. Blocking. */
final class RatisGroups {
    /** Whether this process may take part in anything. */
    interface Admission {
        /** @throws IOException if not; says why */
        void check() throws IOException;
    }

    private final Admission admission;
    private final Supplier<RaftServer> server;
    private final LocalCalls calls;

    RatisGroups(Admission admission, Supplier<RaftServer> server, LocalCalls calls) {
        this.admission = admission;
        this.server = server;
        this.calls = calls;
    }

    /**
     * Opens the group of a shard: with the members of the descriptor if this node founds it with them, else with none, to wait until
     * the leader adds it.
     *
     * @param format true if there is nothing of it on disk
     * @throws IOException also if this process may not take part, were it since the group was being opened: it is closed then
     */
    void add(ShardFile file, boolean format) throws IOException {
        admission.check();
        RaftGroupId group = RaftGroupId.valueOf(file.descriptor().groupId());
        RaftGroup members = file.founds()
                ? RaftGroup.valueOf(
                        group,
                        file.descriptor().peers().stream()
                                .map(RaftView::toRaftPeer)
                                .toList())
                : RaftGroup.valueOf(group);
        await(server.get()
                .groupManagementAsync(GroupManagementRequest.newAdd(
                        calls.clientId(), server.get().getId(), calls.nextCallId(), members, format)));
        try {
            admission.check();
        } catch (IOException refused) {
            remove(file.descriptor().groupId());
            throw refused;
        }
    }

    /**
     * Closes a group and leaves its directory; a no-op if it is not open.
     *
     * @throws IOException also if that does not end within {@link ClosingGroups#PATIENCE}: the group is still there then
     */
    void remove(UUID group) throws IOException {
        if (isOpen(group)) {
            RaftServer.Division division = server.get().getDivision(RaftGroupId.valueOf(group));
            // not by the request below: it forgets the group, whose directory is in use until it is closed
            ClosingGroups.begin(List.of(division::close));
            ClosingGroups.await(
                    () -> division.getInfo().getLifeCycleState() == LifeCycle.State.CLOSED,
                    ClosingGroups.PATIENCE,
                    "Raft group " + group);
            await(server.get()
                    .groupManagementAsync(GroupManagementRequest.newRemove(
                            calls.clientId(),
                            server.get().getId(),
                            calls.nextCallId(),
                            RaftGroupId.valueOf(group),
                            false,
                            false)));
        }
    }

    private boolean isOpen(UUID group) {
        for (RaftGroupId open : server.get().getGroupIds()) {
            if (open.getUuid().equals(group)) {
                return true;
            }
        }
        return false;
    }

    /** True if an open group knows of no members. */
    boolean isUnconfigured(UUID group) throws IOException {
        RaftServer.Division division = server.get().getDivision(RaftGroupId.valueOf(group));
        return division.getRaftConf().getAllPeers().isEmpty();
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
