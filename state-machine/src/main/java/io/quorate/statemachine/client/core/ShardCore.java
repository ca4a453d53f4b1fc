package io.quorate.statemachine.client.core;

import io.quorate.statemachine.client.core.ShardEvent.AppendsAnswered;
import io.quorate.statemachine.client.core.ShardEvent.Asked;
import io.quorate.statemachine.client.core.ShardEvent.Closed;
import io.quorate.statemachine.client.core.ShardEvent.LocateRefused;
import io.quorate.statemachine.client.core.ShardEvent.Located;
import io.quorate.statemachine.client.core.ShardEvent.Lost;
import io.quorate.statemachine.client.core.ShardEvent.Measured;
import io.quorate.statemachine.client.core.ShardEvent.QueriesAnswered;
import io.quorate.statemachine.client.core.ShardEvent.Ready;
import io.quorate.statemachine.client.core.ShardEvent.Submitted;
import io.quorate.statemachine.client.core.ShardEvent.Tick;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A client's side of one shard as a step function. Owned by one thread; time is given with each step and never goes back.
 *
 * <p>Nothing is sent on its own account: after each step the owner looks at {@link #wantsToSendTo} and, where such a connection can
 * take something, steps with {@link Ready}. What is submitted meanwhile joins the same message.
 */
public final class ShardCore {
    private static final long LONGEST_SLEEP_NANOS = 60_000_000_000L;

    private final LeaderSearch search;
    private final WriterCore writer;
    private final ReaderCore reader;
    /** Replicas that a connection was asked for and not heard of since. */
    private final Set<String> connecting = new LinkedHashSet<>();

    /**
     * @param shard name, for messages
     * @param seeds addresses to begin with, at least one
     * @param random for jitter
     */
    public ShardCore(String shard, Collection<String> seeds, WriterSettings settings, RandomGenerator random) {
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("no address to begin with");
        }
        this.search = new LeaderSearch(seeds, settings.backoff(), random);
        this.writer = new WriterCore(shard, settings, search, random);
        this.reader = new ReaderCore(shard, settings, search, random);
    }

    /** The leader's address, if it is known. */
    public Optional<String> leader() {
        return search.leader();
    }

    /** Appends that the present leader was sent and has not answered. */
    public int openAtLeader() {
        return writer.openAtLeader();
    }

    /** Takes one event and returns what is to be done, in order. */
    public List<ShardAction> step(long nowNanos, ShardEvent event) {
        List<ShardAction> actions = new ArrayList<>(2);
        handle(nowNanos, event, actions);
        for (String address : search.due(nowNanos)) {
            actions.add(new ShardAction.Locate(address));
        }
        for (String address : reader.wanted()) {
            if (connecting.add(address)) {
                actions.add(new ShardAction.Connect(address));
            }
        }
        List<Append> appends = writer.takeFinished();
        if (!appends.isEmpty()) {
            actions.add(new ShardAction.Finish(appends));
        }
        List<Query> queries = reader.takeFinished();
        if (!queries.isEmpty()) {
            actions.add(new ShardAction.FinishReads(queries));
        }
        return actions;
    }

    private void handle(long now, ShardEvent event, List<ShardAction> actions) {
        if (event instanceof Submitted submitted) {
            writer.submit(submitted.appends(), now);
        } else if (event instanceof Ready ready) {
            take(ready, now, actions);
        } else if (event instanceof AppendsAnswered answered) {
            writer.answered(answered, now);
        } else if (event instanceof Asked asked) {
            reader.ask(asked.queries(), now);
        } else if (event instanceof QueriesAnswered answered) {
            reader.answered(answered, now);
        } else if (event instanceof Tick) {
            writer.tick(now);
            reader.tick(now);
        } else if (event instanceof Located located) {
            located(located, now);
        } else if (event instanceof LocateRefused refused) {
            search.refused(refused.address(), refused.refusal());
            writer.tick(now);
            reader.tick(now);
        } else if (event instanceof Lost lost) {
            connecting.remove(lost.address());
            search.lost(lost.address(), lost.cause(), now);
            writer.lost(lost.address(), lost.appends(), now);
            reader.lost(lost.address(), lost.queries(), now);
        } else if (event instanceof Measured measured) {
            reader.measured(measured.roundTripNanos());
        } else if (event instanceof Closed) {
            close(now, actions);
        } else {
            throw new AssertionError("unhandled: " + event);
        }
    }

    private void located(Located located, long now) {
        boolean changed = search.located(located.address(), located.location(), now);
        search.life().ifPresent(writer::livesIn);
        if (changed) {
            writer.leaderChanged(located.address());
            reader.replicasChanged(now);
        } else {
            writer.tick(now);
            reader.tick(now);
        }
    }

    private void take(Ready ready, long now, List<ShardAction> actions) {
        connecting.remove(ready.address());
        int room = ready.maxRequests();
        if (search.leader().isPresent() && search.leader().get().equals(ready.address())) {
            List<Append> appends = writer.take(room, ready.maxBytes(), now);
            if (!appends.isEmpty()) {
                actions.add(new ShardAction.Send(ready.address(), appends));
                room -= appends.size();
            }
        }
        List<Query> queries = room > 0 ? reader.take(ready.address(), room, ready.maxBytes(), now) : List.of();
        if (!queries.isEmpty()) {
            actions.add(new ShardAction.Ask(ready.address(), queries));
        }
    }

    private void close(long now, List<ShardAction> actions) {
        writer.close(now)
                .ifPresent(
                        last -> actions.add(new ShardAction.Send(search.leader().orElseThrow(), List.of(last))));
        reader.close();
        search.close();
    }

    /** Connections that something waits for now. */
    public List<String> wantsToSendTo(long nowNanos) {
        List<String> addresses = new ArrayList<>(reader.wanted());
        if (writer.wantsToSend(nowNanos)) {
            String leader = search.leader().orElseThrow();
            if (!addresses.contains(leader)) {
                addresses.add(leader);
            }
        }
        return addresses;
    }

    /** When the core must be stepped with {@link Tick}, if nothing else happens before. */
    public long wakeAtNanos(long nowNanos) {
        long latest = nowNanos + LONGEST_SLEEP_NANOS;
        long at = reader.wakeAtNanos(writer.wakeAtNanos(latest));
        return search.wakeAtNanos().filter(asked -> asked - at < 0).orElse(at);
    }
}
