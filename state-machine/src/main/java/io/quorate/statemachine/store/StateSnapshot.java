package io.quorate.statemachine.store;

import io.quorate.statemachine.app.StateView;

/** A state that stands still while others write on. To be closed. */
public interface StateSnapshot extends AutoCloseable {
    Position position();

    StateView view(Keyspace keyspace);

    @Override
    void close();
}
