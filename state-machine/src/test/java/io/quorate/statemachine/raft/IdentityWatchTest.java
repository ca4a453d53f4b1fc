package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.IdentityWatch.Answer;
import io.quorate.statemachine.raft.IdentityWatch.Greeter;
import io.quorate.statemachine.raft.IdentityWatch.Life;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Processes by the address where they answer, in a network that delivers at once. */
class IdentityWatchTest {
    private static final Peer N1 = peer(1);
    private static final Peer N2 = peer(2);
    private static final Peer N3 = peer(3);

    private final Map<String, IdentityWatch> listening = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();

    private final Greeter network = new Greeter() {
        @Override
        public CompletableFuture<Answer> greet(String address, Life self) {
            IdentityWatch there = listening.get(address);
            return there == null
                    ? CompletableFuture.failedFuture(new IOException("nobody at " + address))
                    : there.greeted(self);
        }

        @Override
        public CompletableFuture<Life> who(String address, Life self) {
            asked.add(address);
            IdentityWatch there = listening.get(address);
            return there == null
                    ? CompletableFuture.failedFuture(new IOException("nobody at " + address))
                    : CompletableFuture.completedFuture(there.life());
        }
    };

    private static Peer peer(int number) {
        return new Peer(new PeerId(new NodeId("n" + number), new Incarnation(number)), "h:" + number, Role.VOTER);
    }

    private IdentityWatch process(Peer peer, long start) {
        return new IdentityWatch(peer.id(), start, () -> List.of(N1, N2, N3), network);
    }

    private IdentityWatch listen(Peer peer, long start) {
        IdentityWatch process = process(peer, start);
        listening.put(peer.address(), process);
        return process;
    }

    private static List<String> greet(IdentityWatch process) {
        List<String> refusals = new ArrayList<>();
        assertThat(process.greetAll(refusals::add)).succeedsWithin(Duration.ofSeconds(10));
        return refusals;
    }

    @Test
    void processesWithAnIdentityEachAreRefusedByNobody() {
        List<IdentityWatch> all = List.of(listen(N1, 10), listen(N2, 20), listen(N3, 30));
        for (int round = 0; round < 3; round++) {
            all.forEach(process -> assertThat(greet(process)).isEmpty());
        }
    }

    @Test
    void aCopyBesideTheOriginalIsRefusedByTheOriginalAndTheOriginalGoesOn() throws InterruptedException {
        IdentityWatch original = listen(N1, 10);
        IdentityWatch copy = process(N1, 11);
        assertThat(copy.checkAlone(Duration.ofSeconds(10)))
                .get()
                .asString()
                .contains(N1.id().toString(), "answers at h:1", "wiped data directory");
        assertThat(greet(original)).isEmpty();
    }

    @Test
    void aCopyThatCannotReachTheOriginalIsRefusedByWhoeverCan() {
        IdentityWatch original = listen(N1, 10);
        IdentityWatch witness = listen(N2, 20);
        greet(original);
        Life copy = process(N1, 11).life();
        assertThat(witness.greeted(copy).join().refused()).isTrue();
        assertThat(witness.greeted(original.life()).join().refused()).isFalse();
        assertThat(witness.greeted(copy).join().refused()).as("again").isTrue();
    }

    @Test
    void aRestartIsNoSecondProcess() {
        IdentityWatch first = listen(N1, 10);
        IdentityWatch witness = listen(N2, 20);
        greet(first);
        IdentityWatch restarted = listen(N1, 12);
        assertThat(greet(restarted)).isEmpty();
        assertThat(witness.greeted(restarted.life()).join().refused()).isFalse();
    }

    @Test
    void aNodeThatMovedIsGreetedAsLongAsNobodyIsAtItsOldAddress() {
        listen(N2, 20);
        assertThat(greet(process(N1, 11))).isEmpty();
        listen(N1, 10);
        assertThat(greet(process(N1, 11))).as("the original is back").isNotEmpty();
    }

    @Test
    void aWipedNodeAtTheOldAddressIsAnotherPeer() {
        IdentityWatch wiped = new IdentityWatch(
                new PeerId(N1.id().node(), new Incarnation(99)), 10, () -> List.of(N1, N2, N3), network);
        listening.put(N1.address(), wiped);
        IdentityWatch witness = listen(N2, 20);
        assertThat(greet(wiped)).isEmpty();
        assertThat(greet(witness)).isEmpty();
    }

    @Test
    void aProcessThatIsKnownIsNotAskedForAgain() {
        IdentityWatch n1 = listen(N1, 10);
        listen(N2, 20);
        listen(N3, 30);
        greet(n1);
        assertThat(asked).containsOnly(N1.address());
        asked.clear();
        greet(n1);
        assertThat(asked).isEmpty();
    }

    @Test
    void aStrangerIsLeftAlone() {
        IdentityWatch witness = listen(N2, 20);
        Life stranger = new Life(new Incarnation(77), 1);
        assertThat(witness.greeted(stranger).join().refused()).isFalse();
        assertThat(asked).isEmpty();
    }

    @Test
    void whoDoesNotAnswerHoldsUpNoStart() throws InterruptedException {
        Greeter silent = new Greeter() {
            @Override
            public CompletableFuture<Answer> greet(String address, Life self) {
                return new CompletableFuture<>();
            }

            @Override
            public CompletableFuture<Life> who(String address, Life self) {
                return new CompletableFuture<>();
            }
        };
        IdentityWatch alone = new IdentityWatch(N1.id(), 10, () -> List.of(N1, N2), silent);
        assertThat(alone.checkAlone(Duration.ofMillis(10))).isEmpty();
    }
}
