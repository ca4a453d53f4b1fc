package io.quorate.cli.bench.system;

import java.util.List;
import java.util.Optional;

/** A started system. Closing it kills its processes and, unless told otherwise at the start, removes their files. */
public interface RunningSystem extends AutoCloseable {
    /**
     * Opens one connection of its own; the caller closes it before the system.
     *
     * @param index distinct for each connection, from 0
     */
    LoadTarget connect(int index);

    /** Its server processes, in a stable order. */
    List<ServerProcess> servers();

    /** The name of the server that leads, as far as is known now; empty where there are several leaders. */
    Optional<String> leader();

    @Override
    void close();
}
