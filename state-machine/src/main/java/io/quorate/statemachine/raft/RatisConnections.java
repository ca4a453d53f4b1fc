package io.quorate.statemachine.raft;

import io.quorate.topology.PeerId;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/** Ratis' own connections to other peers: two to each, shared by all groups, made when something is sent. */
final class RatisConnections {
    private final Supplier<RaftServer> server;

    RatisConnections(Supplier<RaftServer> server) {
        this.server = server;
    }

    /**
     * Ends the connections to a peer: what is under way over them breaks, and what is sent next goes over new ones. A no-op where
     * there are none. Waits for nothing.
     */
    void renew(PeerId peer) {
        // Ratis closes a connection in order, and breaks it only if its streams have not ended within three seconds;
        // but
        // whoever is interrupted does not wait (GrpcUtil.shutdownManagedChannel).
        boolean interrupted = Thread.interrupted();
        Thread.currentThread().interrupt();
        try {
            server.get()
                    .getServerRpc()
                    .handleException(
                            RaftPeerId.valueOf(peer.toString()), new IOException("the connection is made anew"), true);
        } finally {
            Thread.interrupted();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
