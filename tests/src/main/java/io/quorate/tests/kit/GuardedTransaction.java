package io.quorate.tests.kit;

import io.quorate.statemachine.app.StateTransaction;
import io.quorate.wal.log.Bytes;
import java.util.Optional;
import java.util.function.Consumer;

/** A transaction that tells when it is used outside of the call it was given to. */
final class GuardedTransaction implements StateTransaction {
    private final StateTransaction transaction;
    private final Consumer<String> onMisuse;
    private final Thread owner = Thread.currentThread();
    private volatile boolean over;

    GuardedTransaction(StateTransaction transaction, Consumer<String> onMisuse) {
        this.transaction = transaction;
        this.onMisuse = onMisuse;
    }

    void end() {
        over = true;
    }

    private StateTransaction checked(String use) {
        if (over || Thread.currentThread() != owner) {
            String problem = over ? "after its call to apply was over" : "by thread " + Thread.currentThread();
            onMisuse.accept(use + " " + problem);
            throw new IllegalStateException("transaction used " + problem);
        }
        return transaction;
    }

    @Override
    public int applyVersion() {
        return checked("apply version").applyVersion();
    }

    @Override
    public void put(Bytes key, Bytes value) {
        checked("put").put(key, value);
    }

    @Override
    public void delete(Bytes key) {
        checked("delete").delete(key);
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        return checked("get").get(key);
    }

    @Override
    public void scan(Bytes from, Optional<Bytes> to, Visitor visitor) {
        checked("scan").scan(from, to, visitor);
    }
}
