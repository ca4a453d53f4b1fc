package io.quorate.tests.chaos;

import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.logapp.LogCommand;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A client that appends entries to the log shard, each different, several outstanding, and remembers what it was told of each. */
final class LogClient {
    private static final Duration LATENESS = Duration.ofSeconds(30);

    private final ShardClient shard;
    private final String name;
    private final Duration timeout;
    private final long pauseMicros;
    private final int padding;
    /** A place for each append that may be outstanding. */
    private final BlockingQueue<Integer> places;

    private final int outstanding;
    private final Thread thread = new Thread(this::run, "log-client");
    private final Silence silence = new Silence();
    private final Map<String, Lsn> acknowledged = new HashMap<>();
    private final Set<String> rejected = new HashSet<>();
    private final Set<String> indeterminate = new HashSet<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Throwable failure;

    /**
     * @param name what its entries begin with, different for each client of a log
     * @param timeout of each append
     * @param pauseMicros between two appends
     * @param outstanding appends that wait for an answer at most
     * @param padding bytes added to each entry at most
     */
    LogClient(ShardClient shard, String name, Duration timeout, long pauseMicros, int outstanding, int padding) {
        this.shard = shard;
        this.name = name;
        this.timeout = timeout;
        this.pauseMicros = pauseMicros;
        this.outstanding = outstanding;
        this.padding = padding;
        this.places = new ArrayBlockingQueue<>(outstanding);
    }

    /** What was answered so far. */
    record Answers(Map<String, Lsn> acknowledged, Set<String> rejected, Set<String> indeterminate) {
        Answers {
            acknowledged = Map.copyOf(acknowledged);
            rejected = Set.copyOf(rejected);
            indeterminate = Set.copyOf(indeterminate);
        }

        @Override
        public String toString() {
            return acknowledged.size() + " acknowledged, " + rejected.size() + " rejected, " + indeterminate.size()
                    + " indeterminate";
        }
    }

    void start() {
        for (int place = 0; place < outstanding; place++) {
            places.add(place);
        }
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            for (long number = 1; !stopping.await(pauseMicros, TimeUnit.MICROSECONDS); number++) {
                int place = places.take();
                append(name + " " + number + " " + "p".repeat((int) (number * 37 % (padding + 1))), place);
            }
        } catch (InterruptedException | RuntimeException e) {
            failure = e;
        }
    }

    private void append(String entry, int place) {
        shard.append(LogCommand.append(Bytes.utf8(entry)).encode(), WriteConcern.MAJORITY, timeout)
                .whenComplete((outcome, bug) -> {
                    answered(entry, outcome, bug);
                    places.add(place);
                });
    }

    private synchronized void answered(String entry, AppendOutcome outcome, Throwable bug) {
        if (outcome instanceof Committed committed) {
            acknowledged.put(entry, committed.lsn());
            silence.broken();
        } else if (outcome instanceof Rejected) {
            rejected.add(entry);
            silence.other(outcome.toString());
        } else if (outcome instanceof Indeterminate) {
            indeterminate.add(entry);
            silence.other(outcome.toString());
        } else {
            failure = new AssertionError("no outcome: " + outcome, bug);
        }
    }

    synchronized Answers answers() {
        return new Answers(acknowledged, rejected, indeterminate);
    }

    Silence silence() {
        return silence;
    }

    /** Ends the appends and waits for the last answers; throws what went wrong. */
    void stop() throws InterruptedException {
        stopping.countDown();
        thread.join(timeout.plus(LATENESS).toMillis());
        for (int place = 0; place < outstanding; place++) {
            if (places.poll(timeout.plus(LATENESS).toMillis(), TimeUnit.MILLISECONDS) == null) {
                throw new AssertionError("an append was not answered " + LATENESS + " after its deadline");
            }
        }
        silence.over();
        if (failure != null) {
            throw new AssertionError("the log client failed", failure);
        }
    }
}
