package io.quorate.statemachine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.ShardAction;
import io.quorate.statemachine.client.core.ShardCore;
import io.quorate.statemachine.client.core.ShardEvent;
import io.quorate.statemachine.client.core.WriterSettings;
import io.quorate.statemachine.wire.LeaderHint;
import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * A client's core against three nodes in one thread: every message may be lost with its connection, delayed, or applied long after
 * it was given up; leaders change, sessions expire, time passes. Once that ends, everything that has time left must get through. One
 * seed, one run.
 */
final class CoreSimulation {
    private static final long MILLI = 1_000_000;
    private static final UUID LIFE = new UUID(0, 1);
    private static final long LONG_MILLIS = 60_000;
    private static final long[] TIMEOUTS_MILLIS = {50, 5_000, LONG_MILLIS};
    private static final List<RejectReason> REFUSALS =
            List.of(RejectReason.QUEUE_FULL, RejectReason.UNAVAILABLE, RejectReason.DEADLINE, RejectReason.DISK_FULL);

    /** One life of a connection to a node. */
    private final class Connection {
        final String address;
        final ArrayDeque<Runnable> requests = new ArrayDeque<>();
        final ArrayDeque<Runnable> answers = new ArrayDeque<>();
        final List<Append> unanswered = new ArrayList<>();
        boolean up;
        boolean lost;

        Connection(String address) {
            this.address = address;
        }
    }

    /** What a leader took over and has neither logged nor lost: it may still be logged at any time. */
    private record Handed(Connection from, List<Append> appends, List<LogRecord> records) {}

    private final SplittableRandom random;
    private final SharedLog log = new SharedLog();
    private final List<Peer> peers = new ArrayList<>();
    private final SimulatedCore core;
    private final Map<String, Connection> connections = new LinkedHashMap<>();
    private final List<Handed> pipeline = new ArrayList<>();
    private final Map<Bytes, AppendOutcome> outcomes = new LinkedHashMap<>();
    private final Map<Append, Bytes> commands = new LinkedHashMap<>();
    private long now = 1;
    private boolean calm;
    private int submitted;

    CoreSimulation(long seed) {
        this(seed, SimulatedCore::new);
    }

    /** @param stepped what is stepped, made of the real core and its window */
    CoreSimulation(long seed, BiFunction<ShardCore, Integer, SimulatedCore> stepped) {
        this.random = new SplittableRandom(seed);
        for (int i = 1; i <= 3; i++) {
            peers.add(new Peer(
                    new PeerId(new NodeId("n" + i), new Incarnation(i)), "127.0.0.1:" + (9000 + i), Role.VOTER));
        }
        List<String> seeds = List.of(peers.get(0).address());
        WriterSettings settings =
                new WriterSettings(60_000, 1 + random.nextInt(20), 250 * MILLI, 2_000 * MILLI, 10 * MILLI, 250 * MILLI);
        ShardCore real = new ShardCore("orders", seeds, settings, new SplittableRandom(seed + 1));
        this.core = stepped.apply(real, settings.window());
        log.lead(peers.get(0).id());
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            chaos();
        }
        calm = true;
        List<Bytes> last = submit(10, LONG_MILLIS);
        Set<Bytes> withTimeLeft = unansweredWithTimeLeft();
        long patience = 0;
        while (outcomes.size() < submitted && patience++ < 20_000) {
            settle();
        }
        check();
        withTimeLeft.forEach(this::checkNotLeftBehind);
        last.forEach(command -> assertThat(outcomes.get(command)).isInstanceOf(Committed.class));
        // What was given up long ago arrives after all.
        while (!pipeline.isEmpty()) {
            logSome();
        }
        check();
    }

    private Set<Bytes> unansweredWithTimeLeft() {
        Set<Bytes> found = new LinkedHashSet<>();
        commands.forEach((append, command) -> {
            if (!outcomes.containsKey(command) && append.deadlineNanos() - now > LONG_MILLIS / 2 * MILLI) {
                found.add(command);
            }
        });
        return found;
    }

    /** Nodes answer again: nothing may wait until its deadline. */
    private void checkNotLeftBehind(Bytes command) {
        AppendOutcome outcome = outcomes.get(command);
        if (!(outcome instanceof Committed)) {
            assertThat(outcome.toString())
                    .as("outcome of %s, which had time left", command)
                    .doesNotContain("the deadline passed");
        }
    }

    boolean anyCommitted() {
        return outcomes.values().stream().anyMatch(outcome -> outcome instanceof Committed);
    }

    private void chaos() {
        switch (random.nextInt(16)) {
            case 0, 1 -> submit(1 + random.nextInt(10), TIMEOUTS_MILLIS[random.nextInt(TIMEOUTS_MILLIS.length)]);
            case 2, 3, 4 -> deliverRequest();
            case 5, 6, 7 -> deliverAnswer();
            case 8, 9 -> logSome();
            case 10 -> advance(random.nextLong(400 * MILLI));
            case 11, 12 -> advance(random.nextLong(10 * MILLI));
            case 13 -> rarely(4, this::loseConnection);
            case 14 -> rarely(8, this::changeLeader);
            default -> rarely(40, () -> log.pass(100_000));
        }
    }

    private void rarely(int oneIn, Runnable action) {
        if (random.nextInt(oneIn) == 0) {
            action.run();
        }
    }

    private void settle() {
        if (log.leader().isEmpty()) {
            changeLeader();
        }
        deliverRequest();
        deliverAnswer();
        logSome();
        offerRoom();
        advance(5 * MILLI);
    }

    private List<Bytes> submit(int count, long timeoutMillis) {
        List<Append> appends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Bytes command = Bytes.utf8("c" + submitted++);
            Append append = new Append(EntryKind.USER, command, WriteConcern.MAJORITY, now + timeoutMillis * MILLI);
            commands.put(append, command);
            appends.add(append);
        }
        step(new ShardEvent.Submitted(appends));
        return appends.stream().map(commands::get).toList();
    }

    private void step(ShardEvent event) {
        perform(core.step(now, event));
        offerRoom();
    }

    private void offerRoom() {
        for (String address : core.wantsToSendTo(now)) {
            Connection connection = connections.get(address);
            if (connection != null && connection.up && random.nextInt(3) > 0) {
                perform(core.step(now, new ShardEvent.Ready(address, 1 + random.nextInt(8), 1000)));
            }
        }
    }

    private void perform(List<ShardAction> actions) {
        for (ShardAction action : actions) {
            if (action instanceof ShardAction.Send send) {
                Connection connection = connections.get(send.address());
                List<LogRecord> records =
                        send.appends().stream().map(Append::record).toList();
                connection.unanswered.addAll(send.appends());
                connection.requests.add(() -> arrive(connection, send.appends(), records));
            } else if (action instanceof ShardAction.Locate locate) {
                Connection connection = connections.computeIfAbsent(locate.address(), Connection::new);
                connection.requests.add(() -> locate(connection));
            } else if (action instanceof ShardAction.Finish finish) {
                for (Append append : finish.appends()) {
                    AppendOutcome before = outcomes.put(commands.get(append), append.outcome());
                    assertThat(before).as("outcome before of %s", append).isNull();
                }
            }
        }
    }

    private Peer peer(String address) {
        return peers.stream()
                .filter(p -> p.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    private void locate(Connection connection) {
        connection.up = true;
        Peer self = peer(connection.address);
        Location location = new Location(
                1, Optional.of(self.id()), Optional.of(LIFE), log.leader(), log.epoch(), log.lsn(), List.copyOf(peers));
        connection.answers.add(() -> step(new ShardEvent.Located(connection.address, location)));
    }

    /** Appends arrive at a node, which refuses them, or takes them over. */
    private void arrive(Connection connection, List<Append> appends, List<LogRecord> records) {
        boolean leads = log.leader().equals(Optional.of(peer(connection.address).id()));
        if (!leads) {
            answer(connection, appends, Collections.nCopies(appends.size(), refusal(RejectReason.NOT_LEADER)));
        } else if (!calm && random.nextInt(6) == 0) {
            RejectReason reason = REFUSALS.get(random.nextInt(REFUSALS.size()));
            answer(connection, appends, Collections.nCopies(appends.size(), refusal(reason)));
        } else {
            pipeline.add(new Handed(connection, appends, records));
        }
    }

    private static AppendOutcome refusal(RejectReason reason) {
        return new Rejected(reason, "refused");
    }

    private void answer(Connection connection, List<Append> appends, List<AppendOutcome> results) {
        if (connection.lost) {
            return;
        }
        Optional<LeaderHint> hint = log.leader()
                .flatMap(id -> peers.stream().filter(p -> p.id().equals(id)).findFirst())
                .filter(p -> random.nextBoolean())
                .map(p -> new LeaderHint(log.epoch(), p.id(), p.address()));
        connection.answers.add(() -> {
            appends.forEach(connection.unanswered::remove); // one attempt each: there may be two
            step(new ShardEvent.AppendsAnswered(connection.address, appends, results, hint));
        });
    }

    /** The log takes something that a leader was handed, whichever; or it is lost with that leader; the client may hear of it. */
    private void logSome() {
        if (pipeline.isEmpty()) {
            return;
        }
        Handed handed = pipeline.remove(random.nextInt(pipeline.size()));
        int fate = calm ? 0 : random.nextInt(8);
        if (fate < 5) {
            List<AppendOutcome> results = log.apply(handed.records());
            checkLowWater(handed.appends(), results);
            answer(handed.from(), handed.appends(), results);
        } else {
            AppendOutcome unknown = new Indeterminate("leadership was lost");
            answer(
                    handed.from(),
                    handed.appends(),
                    Collections.nCopies(handed.appends().size(), unknown));
            if (fate < 7) {
                // Given up, but it may yet be logged; nobody is told.
                Connection nobody = new Connection(handed.from().address);
                nobody.lost = true;
                pipeline.add(new Handed(nobody, handed.appends(), handed.records()));
            }
        }
    }

    /** The low-water mark says that the writer has had its answer. */
    private void checkLowWater(List<Append> appends, List<AppendOutcome> results) {
        for (int i = 0; i < appends.size(); i++) {
            boolean forgotten = results.get(i) instanceof Rejected r && r.reason() == RejectReason.ALREADY_ACKNOWLEDGED;
            boolean user = commands.containsKey(appends.get(i));
            if (forgotten && user) {
                assertThat(outcomes).as("acknowledged").containsKey(commands.get(appends.get(i)));
            }
        }
    }

    private void deliverRequest() {
        pick().map(connection -> connection.requests.poll()).ifPresent(Runnable::run);
    }

    private void deliverAnswer() {
        pick().map(connection -> connection.answers.poll()).ifPresent(Runnable::run);
    }

    private Optional<Connection> pick() {
        List<Connection> all = new ArrayList<>(connections.values());
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private void loseConnection() {
        pick().ifPresent(connection -> {
            connections.remove(connection.address);
            connection.lost = true;
            // Some requests arrive although no answer will.
            connection.requests.stream().filter(r -> random.nextBoolean()).forEach(Runnable::run);
            List<Append> unanswered = List.copyOf(connection.unanswered);
            step(new ShardEvent.Lost(connection.address, "cut", unanswered, List.of()));
        });
    }

    private void changeLeader() {
        if (!calm && random.nextInt(4) == 0) {
            log.leaderless();
        } else {
            log.lead(peers.get(random.nextInt(peers.size())).id());
        }
    }

    private void advance(long nanos) {
        now += nanos;
        if (core.wakeAtNanos(now) - now <= 0) {
            step(new ShardEvent.Tick());
        }
    }

    /** What must hold at any time after the end. */
    private void check() {
        assertThat(outcomes).as("answered appends").hasSize(submitted);
        List<Bytes> applied = log.applied();
        Set<Bytes> once = new HashSet<>(applied);
        assertThat(once).as("commands applied").hasSameSizeAs(applied);
        outcomes.forEach((command, outcome) -> {
            if (outcome instanceof Committed) {
                assertThat(once).as("committed").contains(command);
            } else if (outcome instanceof Rejected) {
                assertThat(once).as("rejected as %s", outcome).doesNotContain(command);
            }
        });
    }
}
