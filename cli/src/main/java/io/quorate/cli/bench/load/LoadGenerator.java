package io.quorate.cli.bench.load;

/** Produces load from {@link #start} until {@link #stop}; what is open then is still answered and recorded. */
public interface LoadGenerator {
    /** Begins. Call once. */
    void start();

    /** No operation becomes due from now on. */
    void stop();

    /** Operations that were due and have no outcome yet: in flight, or waiting to be sent. */
    long unfinished();

    /** Of those, the ones that wait to be sent; always 0 in a closed loop. */
    long backlog();

    /** After {@link #stop}: gives up what is unfinished; later answers are not recorded. Returns how many were given up. */
    long abandon();

    /** The generator of a workload's mode. */
    static LoadGenerator of(Workload workload, LoadOperation operation, LoadRecorder recorder, LoadClock clock) {
        return switch (workload.mode()) {
            case CLOSED -> new ClosedLoop(workload, operation, recorder, clock);
            case BLOCKING -> new BlockingLoop(workload, operation, recorder, clock);
            case OPEN -> new OpenLoop(workload, operation, recorder, clock);
        };
    }
}
