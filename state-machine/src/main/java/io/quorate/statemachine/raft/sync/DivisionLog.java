package io.quorate.statemachine.raft.sync;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;

/** The log of a Ratis division. Thread-safe. */
public final class DivisionLog implements GroupLog {
    /** For a disk that hangs as a new leader begins; others elect another one meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Supplier<Optional<RaftServer.Division>> division;
    private final LogDirectorySync segments;

    /**
     * @param division empty while it is closed, or not open yet
     * @param segments of its log
     */
    public DivisionLog(Supplier<Optional<RaftServer.Division>> division, LogDirectorySync segments) {
        this.division = division;
        this.segments = segments;
    }

    @Override
    public long flushIndex() {
        long before = segments.truncations();
        long flushed =
                division.get().map(open -> open.getRaftLog().getFlushIndex()).orElse(-1L);
        return before < 0 || segments.truncations() != before ? -1 : flushed;
    }

    @Override
    public Optional<TermIndex> lastEntry() {
        return division.get().flatMap(open -> {
            TermIndex logged = open.getRaftLog().getLastEntryTermIndex();
            TermIndex applied = open.getStateMachine().getLastAppliedTermIndex();
            boolean behind = applied != null && (logged == null || applied.compareTo(logged) > 0);
            return Optional.ofNullable(behind ? applied : logged).filter(last -> last.getIndex() >= 0);
        });
    }

    /** {@inheritDoc} The log thread, which alone ends a truncation, waits for no lock of the division. */
    @Override
    public boolean awaitTruncations() {
        return segments.awaitTruncations(PATIENCE);
    }

    @Override
    public boolean endsBeforeWhatFollowersNeed() {
        return division.get()
                .filter(open -> {
                    long[] needed = open.getInfo().getFollowerNextIndices(); // null if it does not lead
                    long end = open.getRaftLog().getNextIndex();
                    return needed != null && Arrays.stream(needed).anyMatch(next -> next > end);
                })
                .isPresent();
    }

    @Override
    public void close() throws IOException {
        Optional<RaftServer.Division> open = division.get();
        if (open.isPresent()) {
            open.get().getRaftLog().close();
        }
    }
}
