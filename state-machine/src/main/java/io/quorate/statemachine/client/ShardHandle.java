package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.Query;
import io.quorate.statemachine.client.core.ShardAction;
import io.quorate.statemachine.client.core.ShardCore;
import io.quorate.statemachine.client.core.ShardEvent;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One shard's core and its connections to the world: callers on one side, nodes on the other. */
final class ShardHandle implements ShardClient {
    private static final int MESSAGES_IN_FLIGHT = 4;
    private static final long LONGEST_GATHERING_NANOS = 500_000;

    private final ShardId id;
    private final ClientLoop loop;
    private final ClientConfig config;
    private final Inbox<PendingAppend> appends = new Inbox<>();
    private final Inbox<PendingQuery> queries = new Inbox<>();

    // Owned by the client's thread.
    private final ShardCore core;
    private final WakeTimer timer;
    /** True while a look into the inbox is scheduled. */
    private boolean looking;
    /** True if the last look found nothing: callers do not come in crowds now. */
    private boolean quiet = true;

    private boolean closed;

    ShardHandle(ShardId id, ClientLoop loop) {
        this.id = id;
        this.loop = loop;
        this.config = loop.config();
        this.core = new ShardCore(id.value(), config.seeds(), config.writerSettings(), new SplittableRandom());
        this.timer = new WakeTimer(loop, () -> step(new ShardEvent.Tick()));
    }

    @Override
    public ShardId id() {
        return id;
    }

    @Override
    public CompletableFuture<AppendOutcome> append(Bytes command) {
        return append(command, WriteConcern.MAJORITY, config.timeout());
    }

    @Override
    public CompletableFuture<AppendOutcome> append(Bytes command, WriteConcern concern, Duration timeout) {
        long deadlineNanos =
                System.nanoTime() + ClientConfig.checkTimeout(timeout).toNanos();
        int bytes = LogRecord.HEADER_BYTES + command.length();
        Optional<Rejected> refusal = admit(bytes, LogRecord.MAX_BYTES, deadlineNanos);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(refusal.get());
        }
        PendingAppend append = new PendingAppend(command, concern, deadlineNanos);
        Inbox.Added added = appends.add(append);
        if (added == Inbox.Added.CLOSED) {
            loop.admission().giveBack(1, bytes);
            return CompletableFuture.completedFuture(closed());
        }
        if (added == Inbox.Added.FIRST) {
            loop.execute(this::takeAppends);
        }
        return append.future();
    }

    private static Rejected closed() {
        return new Rejected(RejectReason.UNAVAILABLE, "the client is closed");
    }

    /** Takes room for a request; empty if it was taken. */
    private Optional<Rejected> admit(int bytes, int maxBytes, long deadlineNanos) {
        Admission admission = loop.admission();
        if (bytes > maxBytes || bytes > admission.maxBytes()) {
            return Optional.of(new Rejected(
                    RejectReason.TOO_LARGE,
                    "request of " + bytes + " bytes, at most " + Math.min(maxBytes, admission.maxBytes())));
        }
        if (admission.tryTake(bytes)) {
            return Optional.empty();
        }
        if (config.whenFull() == BackPressure.BLOCK && !loop.isOwnThread()) {
            try {
                if (admission.take(bytes, deadlineNanos)) {
                    return Optional.empty();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return Optional.of(new Rejected(RejectReason.UNAVAILABLE, "interrupted while waiting for room"));
            }
        }
        return Optional.of(new Rejected(
                RejectReason.QUEUE_FULL,
                "the client has " + config.maxOutstanding() + " requests or " + config.maxOutstandingBytes()
                        + " bytes outstanding"));
    }

    @Override
    public Duration defaultTimeout() {
        return config.timeout();
    }

    @Override
    public AppendOutcome appendAndWait(Bytes command) {
        return appendAndWait(command, WriteConcern.MAJORITY, config.timeout());
    }

    @Override
    public AppendOutcome appendAndWait(Bytes command, WriteConcern concern, Duration timeout) {
        loop.mayWait();
        try {
            return append(command, concern, timeout).get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Indeterminate("the caller was interrupted while it waited");
        } catch (ExecutionException bug) {
            throw new IllegalStateException("append failed other than by an outcome", bug);
        }
    }

    @Override
    public CompletableFuture<QueryResult> query(Bytes query, ReadConsistency consistency, ReadPreference preference) {
        return query(query, consistency, preference, config.timeout());
    }

    @Override
    public CompletableFuture<QueryResult> query(
            Bytes query, ReadConsistency consistency, ReadPreference preference, Duration timeout) {
        long deadlineNanos =
                System.nanoTime() + ClientConfig.checkTimeout(timeout).toNanos();
        Optional<Rejected> refusal = admit(query.length(), LogRecord.MAX_BYTES, deadlineNanos);
        if (refusal.isPresent()) {
            return failed(refusal.get());
        }
        PendingQuery pending = new PendingQuery(query, consistency, preference, deadlineNanos);
        Inbox.Added added = queries.add(pending);
        if (added == Inbox.Added.CLOSED) {
            loop.admission().giveBack(1, query.length());
            return failed(closed());
        }
        if (added == Inbox.Added.FIRST) {
            loop.execute(this::takeQueries);
        }
        return pending.future();
    }

    private static CompletableFuture<QueryResult> failed(Rejected refusal) {
        return CompletableFuture.failedFuture(new ReadUnavailableException(refusal.reason(), refusal.message()));
    }

    @Override
    public QueryResult queryAndWait(Bytes query, ReadConsistency consistency, ReadPreference preference) {
        loop.mayWait();
        try {
            return query(query, consistency, preference).get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ReadUnavailableException(RejectReason.UNAVAILABLE, "the caller was interrupted while it waited");
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof ReadUnavailableException unavailable) {
                throw new ReadUnavailableException(unavailable.reason(), unavailable.getMessage());
            }
            if (failure.getCause() instanceof IllegalArgumentException malformed) {
                throw new IllegalArgumentException(malformed.getMessage(), malformed);
            }
            throw new IllegalStateException("query failed in an unforeseen way", failure);
        }
    }

    // From here on: the client's thread.

    private void takeAppends() {
        loop.turn(() -> {
            List<PendingAppend> taken = appends.takeAll();
            quiet = taken.isEmpty();
            if (!quiet) {
                step(new ShardEvent.Submitted(taken));
            }
            loop.pumpLater(this);
        });
    }

    private void takeQueries() {
        loop.turn(() -> step(new ShardEvent.Asked(queries.takeAll())));
    }

    void step(ShardEvent event) {
        perform(core.step(loop.now(), event));
        loop.pumpLater(this);
    }

    /** Does what is to be done; true if something was sent. */
    private boolean perform(List<ShardAction> actions) {
        boolean sent = false;
        for (ShardAction action : actions) {
            if (action instanceof ShardAction.Send send) {
                send(send);
                sent = true;
            } else if (action instanceof ShardAction.Finish finish) {
                loop.finishAppends(finish.appends());
            } else if (action instanceof ShardAction.Ask ask) {
                loop.connect(ask.address()).ask(this, ask.queries(), loop.now());
                sent = true;
            } else if (action instanceof ShardAction.FinishReads finish) {
                loop.finishQueries(finish.queries());
            } else if (action instanceof ShardAction.Locate locate) {
                loop.connect(locate.address()).locate(this);
            } else if (action instanceof ShardAction.Connect connect) {
                loop.connect(connect.address());
            } else {
                throw new AssertionError("unhandled: " + action);
            }
        }
        return sent;
    }

    private void send(ShardAction.Send send) {
        NodeConnection connection = loop.connect(send.address());
        int max = connection.maxRecordBytes();
        List<Append> fit = send.appends();
        if (fit.stream().anyMatch(append -> append.length() > max)) {
            List<Append> tooLarge =
                    fit.stream().filter(append -> append.length() > max).toList();
            fit = fit.stream().filter(append -> append.length() <= max).toList();
            AppendOutcome rejected = new Rejected(
                    RejectReason.TOO_LARGE, "node " + send.address() + " takes records of " + max + " bytes at most");
            loop.later(() -> step(new ShardEvent.AppendsAnswered(
                    send.address(), tooLarge, Collections.nCopies(tooLarge.size(), rejected), Optional.empty())));
        }
        if (!fit.isEmpty()) {
            connection.send(this, fit, loop.now());
        }
    }

    /** Sends what the connections can take; the rest goes when they can. */
    void pump() {
        if (closed) {
            return; // all is answered, and a timer would outlive the client where threads are shared
        }
        for (String address : core.wantsToSendTo(loop.now())) {
            NodeConnection connection = loop.connect(address);
            boolean sent = true;
            while (sent) {
                if (!connection.canTake()) {
                    connection.block(this);
                    break;
                }
                sent = perform(core.step(
                        loop.now(), new ShardEvent.Ready(address, connection.maxRequests(), connection.maxBytes())));
            }
        }
        timer.wakeAt(core.wakeAtNanos(loop.now()));
        gather();
    }

    /**
     * While appends are in flight, a further message is worth its cost only if it carries a fair share of what is on the way; until
     * then callers do not even wake this thread. Answers lower the share; and after half a millisecond what is there goes. With
     * little in flight, or when nobody came for so long, nothing is waited for.
     */
    private void gather() {
        int share = quiet ? 1 : core.openAtLeader() / MESSAGES_IN_FLIGHT;
        if (appends.wakeAt(share)) {
            loop.execute(this::takeAppends);
        } else if (share > 1 && !looking) {
            looking = true;
            loop.schedule(this::look, LONGEST_GATHERING_NANOS);
        }
    }

    private void look() {
        looking = false;
        takeAppends();
    }

    /** The answers to what was in flight on a connection will not come. */
    void lost(String address, String cause, Iterable<InFlight.Group> groups) {
        List<Append> lostAppends = new ArrayList<>();
        List<Query> lostQueries = new ArrayList<>();
        for (InFlight.Group group : groups) {
            if (group.isOf(this)) {
                lostAppends.addAll(group.unansweredAppends());
                lostQueries.addAll(group.unansweredQueries());
            }
        }
        step(new ShardEvent.Lost(address, cause, lostAppends, lostQueries));
    }

    void close() {
        appends.close();
        queries.close();
        step(new ShardEvent.Submitted(appends.takeAll()));
        step(new ShardEvent.Asked(queries.takeAll()));
        step(new ShardEvent.Closed());
        closed = true;
        timer.stop();
    }
}
