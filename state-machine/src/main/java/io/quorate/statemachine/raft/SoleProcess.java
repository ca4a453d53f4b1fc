package io.quorate.statemachine.raft;

import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that this process takes part in its shards only as long as no other is known to run as the same peer: refuses the start,
 * or closes all shards for good. How that is known: {@link IdentityWatch}. Thread-safe.
 */
final class SoleProcess {
    private static final Logger log = LoggerFactory.getLogger(SoleProcess.class);
    /** Between two greetings of all members. */
    private static final long GREET_SECONDS = 2;
    /** At a start; who does not answer by then holds up nobody. */
    private static final Duration GREETING = Duration.ofSeconds(1);

    private final HostConfig config;
    private final ShardLives lives;
    private final GrpcPeerCalls peers;
    private final IdentityWatch identity;
    /** Why this process takes part in nothing, if so. */
    private volatile Optional<String> refusal = Optional.empty();

    SoleProcess(HostConfig config, ShardLives lives, GrpcPeerCalls peers) {
        this.config = config;
        this.lives = lives;
        this.peers = peers;
        this.identity = new IdentityWatch(config.self(), new SecureRandom().nextLong(), this::members, peers);
    }

    /**
     * To be called before this process takes part in anything.
     *
     * @throws DataDirectoryException if another process runs as this peer
     */
    void check() throws IOException {
        try {
            Optional<String> refused = identity.checkAlone(GREETING);
            if (refused.isPresent()) {
                throw new DataDirectoryException(
                        DataDirectoryException.Problem.IN_USE, config.dataDirectory() + ": " + refused.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the members were greeted");
        }
        peers.retain(Set.of()); // nobody waits later for the back-off of a connection that failed now
    }

    /** Of all shards here: as their configurations say, or as they were opened where there is none yet. */
    private Collection<Peer> members() {
        Set<Peer> members = new HashSet<>();
        for (ShardDescriptor descriptor : lives.descriptors()) {
            List<Peer> configured = lives.find(descriptor.groupId())
                    .map(hosted -> hosted.shard().status().peers())
                    .orElse(List.of());
            members.addAll(configured.isEmpty() ? descriptor.peers() : configured);
        }
        return members;
    }

    /** Greets the members of all shards here every few seconds from now on. */
    void start(ScheduledExecutorService scheduler) {
        String greeting = "[" + config.self() + "] the greeting of the members of its shards";
        PeriodicWork.start(scheduler, greeting, this::greet, GREET_SECONDS, TimeUnit.SECONDS);
    }

    private void greet() {
        peers.forgetFailures();
        identity.greetAll(this::refuse);
    }

    /** Called by a thread of the transport. Whoever opens a group asks {@link #checkNotRefused} before and after. */
    private void refuse(String why) {
        synchronized (this) {
            if (refusal.isPresent()) {
                return;
            }
            refusal = Optional.of(why);
        }
        log.error("[{}] {}", config.self(), why);
        Collection<ShardLives.Served> all = lives.all();
        all.forEach(hosted -> hosted.shard().refuse(why));
        ClosingGroups.begin(all.stream()
                .map(hosted -> (Runnable) hosted.shard()::closeGroup)
                .toList());
    }

    boolean isRefused() {
        return refusal.isPresent();
    }

    /** @throws IOException if this process takes part in nothing any more; says why */
    void checkNotRefused() throws IOException {
        if (refusal.isPresent()) {
            throw new IOException(refusal.get());
        }
    }

    /** Answers a greeting, or who asks who is here. */
    CompletableFuture<long[]> answer(PeerMessage.Call call) {
        return GrpcPeerCalls.present(identity, call);
    }
}
