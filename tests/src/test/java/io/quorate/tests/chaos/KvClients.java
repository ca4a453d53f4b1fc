package io.quorate.tests.chaos;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.KvResult;
import io.quorate.tests.history.HistoryRecorder;
import io.quorate.tests.history.Invocation;
import io.quorate.tests.history.ProcessRecorder;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Clients that read and write a few dozen registers, each one operation after the other, and record what they were told. Every value
 * is written once. An answer that comes later than the deadline it was asked for, or a failure that is no outcome, ends the client and
 * fails {@link #stop}.
 */
final class KvClients {
    static final int KEYS = 32;

    private static final int LONGEST_PAUSE_MICROS = 6_000;
    private static final int SHORTEST_TIMEOUT_MILLIS = 200;
    private static final int LONGEST_TIMEOUT_MILLIS = 2_000;
    /** How much later than its deadline an answer may come: the test shares a machine with the nodes. */
    private static final Duration LATENESS = Duration.ofSeconds(30);

    /** How an operation ended, as the history has it. */
    enum End {
        OK,
        FAIL,
        INFO
    }

    private final HistoryRecorder recorder;
    private final List<QuorateClient> clients;
    private final ReadConsistency consistency;
    private final List<ReadPreference> preferences;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Map<String, Map<End, Integer>> ends = new HashMap<>();
    /** Value by the LSN that acknowledged it. */
    private final Map<Lsn, String> acknowledged = new ConcurrentHashMap<>();

    private final Silence silence = new Silence();

    /**
     * @param consistency of the reads, which the history takes for linearizable
     * @param preferences drawn from for each read
     */
    KvClients(
            HistoryRecorder recorder,
            List<QuorateClient> clients,
            ReadConsistency consistency,
            List<ReadPreference> preferences) {
        this.recorder = recorder;
        this.clients = clients;
        this.consistency = consistency;
        this.preferences = preferences;
    }

    /** Starts so many clients, each with a random sequence of its own. */
    void start(int count, SplittableRandom random) {
        for (int i = 0; i < count; i++) {
            ShardClient shard = clients.get(i % clients.size()).shard(ChaosCluster.KV);
            One one = new One(shard, recorder.newProcess(), "c" + i, random.split());
            Thread thread = new Thread(one, "kv-client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Ends the clients and waits for their last answers; throws what any of them ran into. */
    void stop() throws InterruptedException {
        stopping.countDown();
        for (Thread thread : threads) {
            thread.join(LATENESS.plusMillis(LONGEST_TIMEOUT_MILLIS).toMillis());
            if (thread.isAlive()) {
                failures.add(new AssertionError(thread.getName() + " does not end"));
            }
        }
        silence.over();
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError("clients failed: " + failures);
            failures.forEach(error::addSuppressed);
            throw error;
        }
    }

    Silence silence() {
        return silence;
    }

    /** By operation, how many ended how. */
    synchronized String counts() {
        return ends.toString();
    }

    private synchronized void count(String operation, End end) {
        ends.computeIfAbsent(operation, o -> new EnumMap<>(End.class)).merge(end, 1, Integer::sum);
    }

    /**
     * Reads all registers once more, at each preference; these reads must succeed.
     *
     * @param timeout of each read
     */
    void readAll(Duration timeout) throws Exception {
        ProcessRecorder process = recorder.newProcess();
        for (ReadPreference preference : preferences) {
            for (int key = 0; key < KEYS; key++) {
                Invocation read = process.read(name(key));
                read.ok(found(clients.get(0)
                        .shard(ChaosCluster.KV)
                        .query(query(name(key)), consistency, preference, timeout)
                        .get(timeout.plus(LATENESS).toMillis(), TimeUnit.MILLISECONDS)
                        .value()));
                count("final read " + preference, End.OK);
            }
        }
    }

    private static String name(int key) {
        return "k" + key;
    }

    private static Bytes query(String key) {
        return KvQuery.get(Bytes.utf8(key)).encode();
    }

    /** The value found; null if the key is absent. */
    private static String found(Bytes answer) {
        return ((KvResult.Found) KvResult.decode(answer))
                .entry()
                .map(entry -> entry.value().utf8())
                .orElse(null);
    }

    /** One client. Its thread owns it. */
    private final class One implements Runnable {
        private final ShardClient shard;
        private final ProcessRecorder process;
        private final String name;
        private final SplittableRandom random;
        /** What it last knew of each key, for the next compare-and-set. */
        private final Map<String, String> known = new HashMap<>();

        private long written;

        One(ShardClient shard, ProcessRecorder process, String name, SplittableRandom random) {
            this.shard = shard;
            this.process = process;
            this.name = name;
            this.random = random;
        }

        @Override
        public void run() {
            try {
                while (!stopping.await(random.nextInt(LONGEST_PAUSE_MICROS), TimeUnit.MICROSECONDS)) {
                    next(name(random.nextInt(KEYS)));
                }
            } catch (InterruptedException | TimeoutException | ExecutionException | RuntimeException | Error e) {
                failures.add(e);
            }
        }

        private void next(String key) throws InterruptedException, TimeoutException, ExecutionException {
            int draw = random.nextInt(100);
            if (draw < 45) {
                read(key);
                return;
            }
            String value = name + "-" + ++written;
            Bytes keyBytes = Bytes.utf8(key);
            if (draw < 70) {
                write("put", process.write(key, value), KvCommand.put(keyBytes, Bytes.utf8(value)), key, value);
            } else if (draw < 76) {
                write("delete", process.write(key, null), KvCommand.delete(keyBytes), key, null);
            } else {
                String expected = known.get(key);
                KvCommand cas = KvCommand.compareAndSet(
                        keyBytes, Optional.ofNullable(expected).map(Bytes::utf8), Optional.of(Bytes.utf8(value)));
                write("cas", process.compareAndSet(key, expected, value), cas, key, value);
            }
        }

        private Duration timeout() {
            return Duration.ofMillis(random.nextInt(SHORTEST_TIMEOUT_MILLIS, LONGEST_TIMEOUT_MILLIS));
        }

        private <T> T await(Future<T> answer, Duration timeout)
                throws InterruptedException, TimeoutException, ExecutionException {
            return answer.get(timeout.plus(LATENESS).toMillis(), TimeUnit.MILLISECONDS);
        }

        private void read(String key) throws InterruptedException, TimeoutException, ExecutionException {
            ReadPreference preference = preferences.get(random.nextInt(preferences.size()));
            Duration timeout = timeout();
            Invocation read = process.read(key);
            try {
                String value = found(await(shard.query(query(key), consistency, preference, timeout), timeout)
                        .value());
                read.ok(value);
                known.put(key, value);
                count("read " + preference, End.OK);
            } catch (ExecutionException failure) {
                if (!(failure.getCause() instanceof ReadUnavailableException)) {
                    throw failure;
                }
                read.fail();
                count("read " + preference, End.FAIL);
            }
        }

        private void write(String operation, Invocation write, KvCommand command, String key, String value)
                throws InterruptedException, TimeoutException, ExecutionException {
            Duration timeout = timeout();
            AppendOutcome outcome = await(shard.append(command.encode(), WriteConcern.MAJORITY, timeout), timeout);
            if (outcome instanceof Committed committed) {
                silence.broken();
                KvResult result = KvResult.decode(committed.result().value());
                if (result instanceof KvResult.Done) {
                    write.ok();
                    known.put(key, value);
                    count(operation, End.OK);
                } else {
                    write.fail();
                    known.put(
                            key,
                            ((KvResult.Failed) result)
                                    .actual()
                                    .map(entry -> entry.value().utf8())
                                    .orElse(null));
                    count(operation, End.FAIL);
                }
                String other = acknowledged.put(committed.lsn(), name + "-" + written);
                if (other != null) {
                    throw new AssertionError("two writes were acknowledged at LSN " + committed.lsn() + ": " + other
                            + " and " + name + "-" + written);
                }
            } else if (outcome instanceof Rejected) {
                silence.other(outcome.toString());
                write.fail();
                count(operation, End.FAIL);
            } else if (outcome instanceof Indeterminate) {
                silence.other(outcome.toString());
                write.info();
                count(operation, End.INFO);
            } else {
                throw new AssertionError("unhandled: " + outcome);
            }
        }
    }
}
