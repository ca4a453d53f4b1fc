package io.quorate.statemachine.client;

import com.codahale.metrics.MetricRegistry;
import io.quorate.statemachine.host.AppendListener;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.host.VersionSurvey;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.Membership;
import io.quorate.wal.log.Ordering;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.SliceLimits;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** A node's view of a {@link SharedLog}; the test decides what it does with requests. Answers from a thread of its own. */
final class TestShard implements HostedShard, AutoCloseable {
    /** What happens to appends. */
    enum Mode {
        /** Applied and answered. */
        SERVE,
        /** Kept until the mode changes; then treated by the new mode. */
        HOLD,
        /** Applied, and the answer is lost. */
        APPLY_SILENTLY,
        /** Neither applied nor answered. */
        SWALLOW
    }

    private record Held(List<LogRecord> records, WriteConcern concern, AppendListener listener) {}

    private final SharedLog log;
    private final PeerId self;
    private final List<Peer> peers;
    private final ExecutorService applier;
    private final List<Held> held = new ArrayList<>();
    private Mode mode = Mode.SERVE;
    private Optional<AppendOutcome> answerAll = Optional.empty();
    private int groups;
    private int queries;

    TestShard(SharedLog log, PeerId self, List<Peer> peers) {
        this.log = log;
        this.self = self;
        this.peers = peers;
        this.applier = Executors.newSingleThreadExecutor(task -> new Thread(task, "applier-" + self.node()));
    }

    /** Changes what happens to appends, those held back included. */
    synchronized void mode(Mode newMode) {
        mode = newMode;
        List<Held> released = List.copyOf(held);
        held.clear();
        released.forEach(this::treat);
    }

    /** Answers every append alike; empty ends that. */
    synchronized void answerAll(Optional<AppendOutcome> outcome) {
        answerAll = outcome;
    }

    synchronized int held() {
        return held.stream().mapToInt(group -> group.records().size()).sum();
    }

    synchronized int groups() {
        return groups;
    }

    synchronized int queries() {
        return queries;
    }

    @Override
    public synchronized void appendAll(
            List<LogRecord> records, WriteConcern concern, Duration timeout, AppendListener listener) {
        groups++;
        treat(new Held(records, concern, listener));
    }

    private void treat(Held group) {
        if (mode == Mode.HOLD) {
            held.add(group);
            return;
        }
        if (mode == Mode.SWALLOW) {
            return;
        }
        boolean answer = mode == Mode.SERVE;
        Optional<AppendOutcome> forced = answerAll;
        try {
            applier.execute(() -> apply(group, forced, answer));
        } catch (RejectedExecutionException closed) {
            throw new IllegalStateException("the test's shard is closed", closed);
        }
    }

    private void apply(Held group, Optional<AppendOutcome> forced, boolean answer) {
        boolean leads = log.leader().equals(Optional.of(self));
        List<AppendOutcome> outcomes = forced.isEmpty() && leads ? log.apply(group.records()) : List.of();
        for (int i = 0; i < group.records().size() && answer; i++) {
            if (forced.isPresent()) {
                group.listener().completed(i, forced.get());
            } else if (!leads) {
                group.listener().completed(i, new Rejected(RejectReason.NOT_LEADER, self + " does not lead"));
            } else if (group.concern() instanceof WriteConcern.One) {
                group.listener().completed(i, new LeaderDurable(log.epoch(), 7));
            } else {
                group.listener().completed(i, outcomes.get(i));
            }
        }
    }

    @Override
    public synchronized boolean isIdle() {
        return held.isEmpty();
    }

    @Override
    public synchronized CompletableFuture<QueryResult> query(
            Bytes query, ReadConsistency consistency, Duration timeout) {
        queries++;
        if (query.utf8().equals("malformed")) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("malformed, as asked"));
        }
        if (query.utf8().startsWith("bytes ")) {
            int length = Integer.parseInt(query.utf8().substring("bytes ".length()));
            return CompletableFuture.completedFuture(new QueryResult(log.lsn(), Bytes.wrap(new byte[length])));
        }
        if (consistency instanceof ReadConsistency.Linearizable && log.leader().isEmpty()) {
            return CompletableFuture.failedFuture(
                    new ReadUnavailableException(RejectReason.UNAVAILABLE, "no leader known"));
        }
        return CompletableFuture.completedFuture(
                new QueryResult(log.lsn(), Bytes.utf8(self.node() + ":" + query.utf8())));
    }

    @Override
    public LogStatus status() {
        return new LogStatus(
                self, log.leader(), log.epoch(), log.lsn(), 0, 0, peers, LogVersions.FIRST, Optional.empty());
    }

    @Override
    public ShardDescriptor descriptor() {
        return new ShardDescriptor(SharedLog.CLUSTER, new ShardId("orders"), Generation.FIRST, "kv", peers);
    }

    @Override
    public Ordering ordering() {
        return Ordering.TOTAL;
    }

    @Override
    public CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Membership membership() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<StateDigest> digest() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<LogSlice> tail(Lsn from, SliceLimits limits, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MetricRegistry metrics() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<VersionSurvey> surveyVersions() {
        throw new UnsupportedOperationException("no versions here");
    }

    @Override
    public CompletableFuture<AppendOutcome> raiseVersions(LogVersions wanted, Duration timeout) {
        throw new UnsupportedOperationException("no versions here");
    }

    @Override
    public CompletableFuture<Lsn> checkpoint(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        applier.shutdown();
    }
}
