package io.quorate.statemachine.client.core;

import io.quorate.statemachine.client.core.ShardEvent.QueriesAnswered;
import io.quorate.topology.Peer;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The reads of one shard: which replica each is sent to, and where it is tried next when that fails. A read is asked again until
 * it is answered, refused in a way that asking again does not change, or its deadline passes.
 */
final class ReaderCore {
    private final String shard;
    private final WriterSettings settings;
    private final LeaderSearch search;
    private final Pause pause;
    private final StallWatch stall;
    private final DeadlineWatch deadlines = new DeadlineWatch();
    /** All reads that have no answer. */
    private final Set<Query> open = new LinkedHashSet<>();
    /** Those that no replica fits, or that wait out a pause. */
    private final ArrayDeque<Query> unrouted = new ArrayDeque<>();

    private final Map<String, ArrayDeque<Query>> routed = new LinkedHashMap<>();
    private Map<String, Long> roundTripNanos = Map.of();
    private long turn;
    private boolean closed;
    private List<Query> finished = new ArrayList<>();

    ReaderCore(String shard, WriterSettings settings, LeaderSearch search, RandomGenerator random) {
        this.shard = shard;
        this.settings = settings;
        this.search = search;
        this.pause = new Pause(settings.backoff(), random);
        this.stall = new StallWatch(settings.stallNanos());
    }

    /** Takes what became final since the last call. */
    List<Query> takeFinished() {
        if (finished.isEmpty()) {
            return List.of();
        }
        List<Query> taken = finished;
        finished = new ArrayList<>();
        return taken;
    }

    private void end(Query query, ReadAnswer answer) {
        query.finish(answer);
        open.remove(query);
        finished.add(query);
    }

    private void refuse(Query query, RejectReason reason, String why) {
        end(
                query,
                query.lastRefusal()
                        .map(r -> new ReadAnswer.Refused(r.reason(), why + "; the last answer was: " + r.message()))
                        .orElseGet(() -> new ReadAnswer.Refused(reason, why)));
    }

    void ask(List<? extends Query> queries, long now) {
        ReplicaView view = view();
        for (Query query : queries) {
            if (closed) {
                refuse(query, RejectReason.UNAVAILABLE, "the client is closed");
            } else {
                open.add(query);
                deadlines.watch(query.deadlineNanos());
                route(query, view, now);
            }
        }
    }

    private ReplicaView view() {
        List<String> secondaries = search.peers().stream()
                .filter(peer -> peer.role().holdsData())
                .map(Peer::address)
                .filter(address -> !search.leader().equals(Optional.of(address)))
                .toList();
        return new ReplicaView(search.leader(), secondaries, roundTripNanos);
    }

    private void route(Query query, ReplicaView view, long now) {
        Optional<String> address = query.choice().choose(view, query.avoid(), turn++);
        // Another replica is tried at once, but not one after the other.
        boolean atOnce = query.failures() < 2 && !address.equals(query.avoid());
        if (address.isPresent() && (atOnce || !pause.holds(now))) {
            routed.computeIfAbsent(address.get(), a -> new ArrayDeque<>()).add(query);
        } else {
            unrouted.add(query);
            search.want(now);
        }
    }

    private void routeAgain(long now) {
        ReplicaView view = view();
        for (int left = unrouted.size(); left > 0; left--) {
            Query query = unrouted.poll();
            if (!query.isDone()) {
                route(query, view, now);
            }
        }
    }

    /** Replicas that something waits for. */
    Set<String> wanted() {
        return routed.keySet();
    }

    List<Query> take(String address, int maxRequests, long maxBytes, long now) {
        ArrayDeque<Query> queue = routed.get(address);
        if (queue == null) {
            return List.of();
        }
        List<Query> batch = new ArrayList<>();
        long bytes = 0;
        while (!queue.isEmpty() && batch.size() < maxRequests) {
            Query next = queue.peek();
            if (!next.isDone()) {
                bytes += next.bytes().length();
                if (!batch.isEmpty() && bytes > maxBytes) {
                    break;
                }
                next.asked(address);
                batch.add(next);
            }
            queue.poll();
        }
        if (queue.isEmpty()) {
            routed.remove(address);
        }
        if (isLeader(address)) {
            stall.sent(batch.size(), now);
        }
        return batch;
    }

    private boolean isLeader(String address) {
        return search.leader().isPresent() && search.leader().get().equals(address);
    }

    void answered(QueriesAnswered event, long now) {
        if (isLeader(event.address())) {
            stall.answered(event.queries().size(), now);
        }
        boolean anyFailed = false;
        for (int i = 0; i < event.queries().size(); i++) {
            Query query = event.queries().get(i);
            ReadAnswer answer = event.answers().get(i);
            if (query.isDone()) {
                continue;
            }
            if (answer instanceof ReadAnswer.Found) {
                pause.succeeded();
                end(query, answer);
            } else if (answer instanceof ReadAnswer.Refused refused) {
                anyFailed |= refused(query, refused, event, now);
            } else {
                throw new AssertionError("unhandled: " + answer);
            }
        }
        if (anyFailed) {
            routeAgain(now);
        }
    }

    /** Returns true if the read is to be asked again. */
    private boolean refused(Query query, ReadAnswer.Refused refused, QueriesAnswered event, long now) {
        boolean mayPass = refused.reason().retryable() || refused.reason() == RejectReason.DEADLINE;
        if (!mayPass) {
            end(query, refused);
            return false;
        }
        if (refused.reason() == RejectReason.NOT_LEADER || refused.reason() == RejectReason.UNAVAILABLE) {
            search.notLeader(event.address(), event.hint(), now);
        }
        return failedAt(query, event.address(), Optional.of(refused), now);
    }

    /** Unless it was sent elsewhere since: puts it up for another replica, or for the same one after a pause. */
    private boolean failedAt(Query query, String address, Optional<ReadAnswer.Refused> refused, long now) {
        if (query.askedAt().filter(address::equals).isEmpty()) {
            return false;
        }
        query.failedAt(address, refused);
        pause.begin(now);
        unrouted.add(query);
        return true;
    }

    /** A connection was lost, and with it the answers to these. */
    void lost(String address, List<Query> queries, long now) {
        ArrayDeque<Query> waiting = routed.remove(address);
        if (waiting != null) {
            waiting.forEach(query -> query.asked(address));
            waiting.stream().filter(query -> !query.isDone()).forEach(q -> failedAt(q, address, Optional.empty(), now));
        }
        queries.stream().filter(query -> !query.isDone()).forEach(q -> failedAt(q, address, Optional.empty(), now));
        stall.reset();
        routeAgain(now);
    }

    /** Reads that wait for a former leader, or for any, are asked of the new one if that is their choice. */
    void replicasChanged(long now) {
        stall.reset();
        ReplicaView view = view();
        for (Query query : open) {
            Optional<String> asked = query.askedAt();
            boolean stays = asked.isEmpty()
                    || asked.equals(query.choice().choose(view, query.avoid(), 0))
                    || view.secondaries().contains(asked.get());
            if (!stays) {
                failedAt(query, asked.get(), Optional.empty(), now);
            }
        }
        for (ArrayDeque<Query> queue : List.copyOf(routed.values())) {
            unrouted.addAll(queue);
        }
        routed.clear();
        pause.end();
        routeAgain(now);
    }

    void measured(Map<String, Long> newRoundTripNanos) {
        roundTripNanos = Map.copyOf(newRoundTripNanos);
    }

    void tick(long now) {
        pause.tick(now);
        if (stall.due(now)) {
            search.doubt(now);
        }
        if (deadlines.due(now)) {
            sweep(now);
        }
        if (!unrouted.isEmpty()) {
            search.want(now);
            search.hopeless(shard, now, settings.patienceNanos()).ifPresent(rejected -> List.copyOf(unrouted)
                    .forEach(query -> end(query, new ReadAnswer.Refused(rejected.reason(), rejected.message()))));
            routeAgain(now);
        }
    }

    private void sweep(long now) {
        for (Query query : List.copyOf(open)) {
            if (query.deadlineNanos() - now <= 0) {
                refuse(query, RejectReason.DEADLINE, "the deadline passed" + search.trouble());
            } else {
                deadlines.watch(query.deadlineNanos());
            }
        }
        unrouted.removeIf(Query::isDone);
        routed.values().forEach(queue -> queue.removeIf(Query::isDone));
        routed.values().removeIf(ArrayDeque::isEmpty);
    }

    /** When {@link #tick} has something to do, at the latest. */
    long wakeAtNanos(long latestNanos) {
        long at = stall.earlier(deadlines.earlier(latestNanos));
        return unrouted.isEmpty() ? at : pause.earlier(at);
    }

    void close() {
        closed = true;
        List.copyOf(open).forEach(query -> refuse(query, RejectReason.UNAVAILABLE, "the client was closed"));
        unrouted.clear();
        routed.clear();
    }
}
