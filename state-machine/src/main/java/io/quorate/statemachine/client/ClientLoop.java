package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.Query;
import io.quorate.statemachine.client.core.ShardEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's one thread, which is the transport's event loop, too: between a caller and the wire, and back, there is one hand-over.
 * Work is done in turns; at the end of a turn shards send what they can, messages are written, and then callers are told.
 */
final class ClientLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLoop.class);
    private static final long TICK_MILLIS = 200;

    private final ClientConfig config;
    private final Admission admission;
    private final ClientCounters counters = new ClientCounters();
    private final EventLoop loop;
    private final Channels channels;
    private final Future<?> ticking;
    private final CountDownLatch drained = new CountDownLatch(1);

    // Owned by the loop.
    private final Map<String, NodeConnection> connections = new HashMap<>();
    private final Set<ShardHandle> shards = new LinkedHashSet<>();
    private final Set<ShardHandle> toPump = new LinkedHashSet<>();
    private final Set<NodeConnection> toFlush = new LinkedHashSet<>();
    private List<PendingAppend> doneAppends = new ArrayList<>();
    private List<PendingQuery> doneQueries = new ArrayList<>();
    private int depth;
    private long now;
    private boolean closing;
    private volatile Map<String, Long> roundTripNanos = Map.of();

    /** @param loop shared with other clients, or this one's own */
    ClientLoop(ClientConfig config, EventLoop loop) {
        this.config = config;
        this.admission = new Admission(config.maxOutstanding(), config.maxOutstandingBytes());
        this.loop = loop;
        this.channels = new Channels(config, loop);
        this.ticking = loop.scheduleWithFixedDelay(
                () -> turn(() -> List.copyOf(connections.values()).forEach(c -> c.tick(now))),
                TICK_MILLIS,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    ClientConfig config() {
        return config;
    }

    Admission admission() {
        return admission;
    }

    ClientCounters counters() {
        return counters;
    }

    boolean isOwnThread() {
        return loop.inEventLoop();
    }

    /** @throws IllegalStateException on the client's own thread */
    void mayWait() {
        if (isOwnThread()) {
            throw new IllegalStateException("the client's own thread must not wait for an answer: it would never come");
        }
    }

    void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("the client has stopped; what was to be done has been answered", stopped);
        }
    }

    /** Does something in a turn of its own. */
    void later(Runnable body) {
        execute(() -> turn(body));
    }

    Future<?> schedule(Runnable task, long delayNanos) {
        return loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    Map<String, Long> roundTripNanos() {
        return roundTripNanos;
    }

    // From here on: the loop's thread.

    /** The time of this turn. */
    long now() {
        return now;
    }

    void turn(Runnable body) {
        now = System.nanoTime();
        depth++;
        try {
            body.run();
            if (depth == 1) {
                endTurn();
            }
        } catch (RuntimeException
                | Error bug) { // the loop's ticks would end with the turn, and no deadline be seen any more
            LOG.error("the client failed in a way that it should not; requests end by their deadlines", bug);
        } finally {
            depth--;
        }
    }

    private void endTurn() {
        while (!toPump.isEmpty()) {
            List<ShardHandle> pumped = List.copyOf(toPump);
            toPump.clear();
            pumped.forEach(ShardHandle::pump);
        }
        boolean wrote = !toFlush.isEmpty();
        toFlush.forEach(NodeConnection::flush);
        toFlush.clear();
        if (doneAppends.isEmpty() && doneQueries.isEmpty()) {
            return;
        }
        List<PendingAppend> appends = doneAppends;
        List<PendingQuery> queries = doneQueries;
        doneAppends = new ArrayList<>();
        doneQueries = new ArrayList<>();
        if (wrote) {
            // The transport writes before callers, many of whom must be woken, are told.
            loop.execute(() -> tell(appends, queries));
        } else {
            tell(appends, queries);
        }
    }

    private void tell(List<PendingAppend> appends, List<PendingQuery> queries) {
        long bytes = 0;
        for (PendingAppend append : appends) {
            bytes += append.length();
        }
        for (PendingQuery query : queries) {
            bytes += query.bytes().length();
        }
        admission.giveBack(appends.size() + queries.size(), bytes);
        for (PendingAppend append : appends) {
            append.future().complete(append.outcome());
        }
        queries.forEach(PendingQuery::complete);
    }

    void finishAppends(List<Append> appends) {
        for (Append append : appends) {
            doneAppends.add((PendingAppend) append);
        }
    }

    void finishQueries(List<Query> queries) {
        for (Query query : queries) {
            doneQueries.add((PendingQuery) query);
        }
    }

    void pumpLater(ShardHandle shard) {
        toPump.add(shard);
    }

    void pumpLater(Collection<ShardHandle> blocked) {
        toPump.addAll(blocked);
    }

    void mustFlush(NodeConnection connection) {
        toFlush.add(connection);
    }

    void open(ShardHandle shard) {
        shards.add(shard);
    }

    /** The connection to a node, which may still be on its way up. */
    NodeConnection connect(String address) {
        NodeConnection known = connections.get(address);
        if (known != null) {
            return known;
        }
        NodeConnection connection = new NodeConnection(this, address, channels.open(address), now);
        connections.put(address, connection);
        connection.start();
        mustFlush(connection);
        return connection;
    }

    void connected(NodeConnection connection) {
        LOG.debug("connected to node {}", connection.address());
        counters.connectionsOpened.increment();
        toPump.addAll(shards);
    }

    void lost(NodeConnection connection, String cause, Collection<InFlight.Group> groups) {
        connections.remove(connection.address(), connection);
        toFlush.remove(connection);
        if (closing) {
            if (connections.isEmpty()) {
                drained.countDown();
            }
            return;
        }
        LOG.debug("{}", cause);
        counters.connectionsLost.increment();
        for (ShardHandle shard : List.copyOf(shards)) {
            shard.lost(connection.address(), cause, groups);
        }
    }

    /** A round trip was measured. */
    void measured() {
        Map<String, Long> measured = new TreeMap<>();
        connections.forEach((address, connection) -> {
            if (connection.roundTripNanos() != Long.MAX_VALUE) {
                measured.put(address, connection.roundTripNanos());
            }
        });
        roundTripNanos = Map.copyOf(measured);
        shards.forEach(shard -> shard.step(new ShardEvent.Measured(roundTripNanos)));
    }

    /** Ends all requests and says goodbye to the nodes, in a while. */
    void beginClosing() {
        admission.close();
        later(() -> {
            List.copyOf(shards).forEach(ShardHandle::close);
            closing = true;
            endTurn();
            List.copyOf(connections.values()).forEach(NodeConnection::finish);
            if (connections.isEmpty()) {
                drained.countDown();
            }
        });
    }

    /** After {@link #beginClosing}: stops once nodes have answered the goodbye, or at the deadline. */
    void endClosing(long deadlineNanos) {
        try {
            if (!isOwnThread() && !drained.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                LOG.debug("not all nodes answered the goodbye in time");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        later(() -> List.copyOf(connections.values()).forEach(connection -> connection.lose("the client is closed")));
        ticking.cancel(false);
    }
}
