package io.quorate.statemachine.raft.sync;

import java.time.Duration;
import java.util.Optional;
import org.apache.ratis.server.protocol.TermIndex;

/** A log of which a test says how it is. */
final class TestLog implements GroupLog {
    volatile long flushIndex = Long.MAX_VALUE;
    volatile Optional<TermIndex> lastEntry = Optional.empty();
    volatile boolean endsBeforeWhatFollowersNeed;
    volatile boolean closed;

    /** Truncations are those of this one, if it is set. */
    volatile Optional<LogDirectorySync> directory = Optional.empty();

    volatile Duration patience = Duration.ofSeconds(60);

    @Override
    public long flushIndex() {
        return flushIndex;
    }

    @Override
    public Optional<TermIndex> lastEntry() {
        return lastEntry;
    }

    @Override
    public boolean awaitTruncations() {
        return directory.map(log -> log.awaitTruncations(patience)).orElse(true);
    }

    @Override
    public boolean endsBeforeWhatFollowersNeed() {
        return endsBeforeWhatFollowersNeed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
