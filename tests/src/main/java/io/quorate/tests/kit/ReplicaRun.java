package io.quorate.tests.kit;

import io.quorate.statemachine.replica.EntryVerdicts;
import io.quorate.statemachine.replica.ReplicaStateMachine;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogVersions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Drives one replica through a history, undisturbed or through crashes, and hands what it sees to an observer. */
final class ReplicaRun implements AutoCloseable {
    /** Sees what a replica shows to the outside. */
    interface Observer {
        void answered(int batch, List<AppendOutcome> outcomes);

        /** The state after a batch, once it is committed to the store. */
        void stored(int batch, Map<Bytes, Bytes> state);
    }

    private final History history;
    private final StateStoreFactory stores;
    private final Path directory;
    private final Supplier<GuardedApplication> applications;
    private GuardedApplication application;
    private StateStore store;
    private ReplicaStateMachine replica;
    private Optional<Path> checkpoint = Optional.empty();
    private int checkpoints;
    private int interruptions;

    ReplicaRun(History history, StateStoreFactory stores, Path directory, Supplier<GuardedApplication> applications) {
        this.history = history;
        this.stores = stores;
        this.directory = directory;
        this.applications = applications;
        open();
    }

    /** As a process does when it starts: a new application over the last checkpoint. */
    private void open() {
        application = applications.get();
        store = stores.open(directory.resolve("live"), checkpoint);
        replica = new ReplicaStateMachine(
                store,
                application,
                SessionLimits.FEATURE_LEVEL_1,
                new LogVersions(1, application.version()),
                EntryVerdicts.NONE);
    }

    /** One instance from beginning to end, each batch committed. */
    void undisturbed(Observer observer) {
        for (int i = 0; i < history.batches().size(); i++) {
            apply(i, observer);
            commit(i, observer);
        }
    }

    /** Batches gathered at will, checkpoints, and at any point a crash, after which the log is applied again from the checkpoint. */
    void disturbed(RandomGenerator random, Observer observer) {
        int crashesLeft = history.batches().size() / 3 + 3;
        for (int i = 0; i < history.batches().size(); i++) {
            apply(i, observer);
            int event = random.nextInt(12);
            if (event < 5) {
                commit(i, observer);
            }
            if (event < 3) {
                takeCheckpoint(event != 2);
            }
            if (event % 4 == 1 && crashesLeft > 0) {
                crashesLeft--;
                crash();
                i = (int) store.position().index();
            }
        }
        commit(history.batches().size() - 1, observer);
    }

    private void apply(int batch, Observer observer) {
        observer.answered(batch, replica.apply(1, batch, history.batches().get(batch)));
    }

    private void commit(int batch, Observer observer) {
        replica.commit();
        observer.stored(batch, state());
    }

    /** A checkpoint that is not published is what a crash before its last step leaves. */
    private void takeCheckpoint(boolean published) {
        Path taken = directory.resolve("checkpoint-" + checkpoints++);
        store.checkpoint(taken);
        if (published) {
            checkpoint = Optional.of(taken);
        }
    }

    private void crash() {
        interruptions++;
        store.close();
        open();
    }

    int interruptions() {
        return interruptions;
    }

    Map<Bytes, Bytes> state() {
        Map<Bytes, Bytes> state = new TreeMap<>();
        store.view(Keyspace.USER).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> {
            state.put(key, value);
            return true;
        });
        return state;
    }

    Optional<Bytes> ask(Bytes query) {
        return application.ask(query, store.view(Keyspace.USER));
    }

    @Override
    public void close() {
        store.close();
    }
}
