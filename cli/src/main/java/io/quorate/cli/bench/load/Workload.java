package io.quorate.cli.bench.load;

import java.util.Objects;

/**
 * The load of one run.
 *
 * @param kind what is done
 * @param mode when the next operation begins
 * @param clients writers or readers, from 1
 * @param outstanding operations a client has open at once, from 1; in open mode {@code clients * outstanding} bounds
 *     what is in flight, and arrivals beyond it wait and are counted
 * @param connections targets opened; client c uses target {@code c % connections}; from 1 to {@code clients}
 * @param valueBytes size of one entry, from 1
 * @param entriesPerRequest entries packed into one value of one append, from 1
 * @param requestsPerSecond arrival rate in open mode; 0 in the others
 */
public record Workload(
        OperationKind kind,
        LoadMode mode,
        int clients,
        int outstanding,
        int connections,
        int valueBytes,
        int entriesPerRequest,
        double requestsPerSecond) {
    private static final int MAX_REQUEST_BYTES = 64 << 20;
    private static final int MAX_IN_FLIGHT = 1 << 20;
    private static final int MAX_THREADS = 4096;

    public Workload {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(mode, "mode");
        requireBetween("clients", clients, 1, MAX_IN_FLIGHT);
        requireBetween("outstanding", outstanding, 1, MAX_IN_FLIGHT);
        requireBetween("connections", connections, 1, clients);
        requireBetween("valueBytes", valueBytes, 1, MAX_REQUEST_BYTES);
        requireBetween("entriesPerRequest", entriesPerRequest, 1, MAX_REQUEST_BYTES);
        requireBetween("clients * outstanding", (long) clients * outstanding, 1, MAX_IN_FLIGHT);
        requireBetween("valueBytes * entriesPerRequest", (long) valueBytes * entriesPerRequest, 1, MAX_REQUEST_BYTES);
        if (mode == LoadMode.OPEN ? !(requestsPerSecond > 0 && requestsPerSecond <= 1e7) : requestsPerSecond != 0) {
            throw new IllegalArgumentException("requestsPerSecond " + requestsPerSecond + " in mode " + mode.label()
                    + ": an open loop needs a rate above 0, the others have none");
        }
        if (mode == LoadMode.BLOCKING) {
            requireBetween("clients * outstanding in blocking mode", (long) clients * outstanding, 1, MAX_THREADS);
        }
    }

    /** Closed-loop appends over one connection. */
    public static Workload closedAppends(int clients, int outstanding, int valueBytes) {
        return new Workload(OperationKind.APPEND, LoadMode.CLOSED, clients, outstanding, 1, valueBytes, 1, 0);
    }

    /** The same with N entries in each request. */
    public Workload packed(int newEntriesPerRequest) {
        return new Workload(
                kind, mode, clients, outstanding, connections, valueBytes, newEntriesPerRequest, requestsPerSecond);
    }

    /** Requests that may be open at once. */
    public int maxInFlight() {
        return clients * outstanding;
    }

    /** Bytes of one append. */
    public int requestBytes() {
        return valueBytes * entriesPerRequest;
    }

    private static void requireBetween(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " not in " + min + ".." + max + ": " + value);
        }
    }
}
