package io.quorate.statemachine.raft;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks other nodes for a sign of life, and says when one answers again that did not.
 *
 * <p>Ratis leaves its connections to the transport, which takes its time: behind a cut of the network, lost packets are sent again
 * after as long as the cut had lasted; a node that was down is tried again after up to two minutes, also by a candidate that needs its
 * vote. Whoever hears from here that a node is back can have Ratis connect anew at once.
 *
 * <p>Owned by the one thread that calls {@link #look}, once in each period; waits for nothing.
 */
final class PeerLinks {
    /** Signs of life in a row that did not come; one may have been late. */
    private static final int LOST_AFTER = 2;

    private final Supplier<? extends Collection<String>> addresses;
    private final Function<String, ? extends CompletableFuture<?>> ask;
    private final Consumer<String> silent;
    private final Consumer<String> back;
    private final Map<String, Link> links = new HashMap<>();

    /**
     * The latest question to a node.
     *
     * @param unanswered how many before it were not answered, in a row
     */
    private record Link(CompletableFuture<?> asked, int unanswered) {}

    /**
     * @param addresses of the nodes that matter now
     * @param ask asks a node; ends within a period, failed if there was no answer
     * @param silent told each time that a node did not answer: it is to be asked over another connection next
     * @param back told when a node answers that did not twice in a row or more
     */
    PeerLinks(
            Supplier<? extends Collection<String>> addresses,
            Function<String, ? extends CompletableFuture<?>> ask,
            Consumer<String> silent,
            Consumer<String> back) {
        this.addresses = addresses;
        this.ask = ask;
        this.silent = silent;
        this.back = back;
    }

    /** Takes the answers to the last questions and asks again; one question to a node at a time. */
    void look() {
        Collection<String> now = addresses.get();
        links.keySet().retainAll(now);
        for (String address : now) {
            Link link = links.get(address);
            if (link == null) {
                links.put(address, new Link(ask.apply(address), 0));
            } else if (link.asked.isDone()) {
                int unanswered = note(address, link);
                links.put(address, new Link(ask.apply(address), unanswered));
            }
        }
    }

    /** Returns how many signs of life in a row did not come. */
    private int note(String address, Link link) {
        if (link.asked.isCompletedExceptionally()) {
            silent.accept(address);
            return link.unanswered + 1;
        }
        if (link.unanswered >= LOST_AFTER) {
            back.accept(address);
        }
        return 0;
    }
}
