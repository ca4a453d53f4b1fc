package io.quorate.statemachine.raft;

import io.quorate.topology.Incarnation;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Notices that a second process runs as this peer: a data directory that was copied has the same incarnation, and both would vote in
 * one name, each with a log of its own. A lock file tells it on one machine and of one directory only.
 *
 * <p>Each process draws a number when it starts. It greets the members of its shards, its own address among them, before it takes part
 * in anything and every few seconds from then on; the members' configuration, not the process, says where that address is. The rule: the
 * process that answers at a peer's address is the peer, any other that speaks in its name is refused.
 *
 * <ul>
 *   <li>Where another process of this incarnation answers at this peer's address, this process is the second one.
 *   <li>Where a greeting comes from a process that is not known yet, the greeted asks at that peer's address, <em>after</em> the
 *       greeting came. If another process answers, that one lives beside the one that greeted: a predecessor would have ended before
 *       its successor could greet. So nobody is refused for an answer that was long on its way, and no clock is used. If nobody
 *       answers there, nothing is known, and the greeting is accepted.
 * </ul>
 *
 * <p>Not noticed: two processes of which none is at the peer's address; one that can reach neither that address nor a member that can;
 * two that ran one after the other (an old copy that is started once the original has stopped). And what a second process does between
 * its start and its first answer: see {@link #checkAlone}. Thread-safe.
 */
final class IdentityWatch {
    /** A process as a peer; the start is drawn at random. */
    record Life(Incarnation incarnation, long start) {}

    /**
     * What a greeting is answered with.
     *
     * @param there the process that answers
     * @param refused whether another process is known to be the peer that greeted
     */
    record Answer(Life there, boolean refused) {}

    /** How others are asked; futures fail where nobody answers in time. */
    interface Greeter {
        CompletableFuture<Answer> greet(String address, Life self);

        CompletableFuture<Life> who(String address, Life self);
    }

    private final PeerId self;
    private final Life life;
    private final Supplier<Collection<Peer>> members;
    private final Greeter greeter;
    /** Of other members, by incarnation: the process that answered at their address last. */
    private final Map<Incarnation, Long> seen = new ConcurrentHashMap<>();

    /**
     * @param start drawn at random for this process
     * @param members of all shards here, this peer among them
     */
    IdentityWatch(PeerId self, long start, Supplier<Collection<Peer>> members, Greeter greeter) {
        this.self = self;
        this.life = new Life(self.incarnation(), start);
        this.members = members;
        this.greeter = greeter;
    }

    /** This process. */
    Life life() {
        return life;
    }

    /**
     * Greets all members and waits for their answers, but not for those who do not answer.
     *
     * @return why this process must not run, if somebody says so
     */
    Optional<String> checkAlone(Duration atMost) throws InterruptedException {
        List<String> refusals = new ArrayList<>();
        CompletableFuture<?> all = greetAll(reason -> {
            synchronized (refusals) {
                refusals.add(reason);
            }
        });
        try {
            all.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException unanswered) {
            // whoever is down or cut off says nothing: a node must be able to start alone
            return first(refusals);
        }
        return first(refusals);
    }

    private static Optional<String> first(List<String> refusals) {
        synchronized (refusals) {
            return refusals.stream().findFirst();
        }
    }

    /**
     * Greets all members; completes when all have answered or failed.
     *
     * @param refused told why this process must not go on, by a thread of the transport
     */
    CompletableFuture<?> greetAll(Consumer<String> refused) {
        Map<String, Peer> byAddress =
                members.get().stream().collect(Collectors.toMap(Peer::address, member -> member, (one, other) -> one));
        seen.keySet()
                .retainAll(byAddress.values().stream()
                        .map(member -> member.id().incarnation())
                        .collect(Collectors.toSet()));
        List<CompletableFuture<?>> greetings = new ArrayList<>();
        byAddress
                .values()
                .forEach(member -> greetings.add(greeter.greet(member.address(), life)
                        .thenAccept(answer -> judge(member, answer).ifPresent(refused))
                        .exceptionally(unreachable -> null)));
        return CompletableFuture.allOf(greetings.toArray(CompletableFuture[]::new));
    }

    private Optional<String> judge(Peer member, Answer answer) {
        boolean second = isSecond(answer.there(), life);
        if (!second && !answer.refused()) {
            return Optional.empty();
        }
        return Optional.of(
                "another process runs as peer " + self + ": "
                        + (second
                                ? "it answers at " + member.address() + ", where the shards have this peer"
                                : member.id() + " found it at the address of this peer")
                        + ". This data directory is a copy, or the original of one. Two processes with one identity would vote twice; "
                        + "this one takes no part. Stop one of them, and let a copy come back with a wiped data directory, as a new peer");
    }

    private static boolean isSecond(Life one, Life other) {
        return one.incarnation().equals(other.incarnation()) && one.start() != other.start();
    }

    /** Answers a greeting; never fails. */
    CompletableFuture<Answer> greeted(Life caller) {
        if (caller.incarnation().equals(life.incarnation())) {
            return CompletableFuture.completedFuture(new Answer(life, isSecond(caller, life)));
        }
        Optional<Peer> known = members.get().stream()
                .filter(member -> member.id().incarnation().equals(caller.incarnation()))
                .findFirst();
        Long before = seen.get(caller.incarnation());
        if (known.isEmpty() || before != null && before == caller.start()) {
            return CompletableFuture.completedFuture(new Answer(life, false));
        }
        return greeter.who(known.get().address(), life)
                .thenApply(there -> {
                    if (there.incarnation().equals(caller.incarnation())) {
                        seen.put(there.incarnation(), there.start());
                    }
                    return new Answer(life, isSecond(caller, there));
                })
                .exceptionally(unreachable -> new Answer(life, false));
    }
}
