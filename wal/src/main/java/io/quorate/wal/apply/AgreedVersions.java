package io.quorate.wal.apply;

import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.UnsupportedVersionException;
import io.quorate.wal.log.VersionRange;
import io.quorate.wal.log.VersionSupport;
import java.util.Optional;

/**
 * The versions in force, as a pure function of the committed log: entries between two changes are applied by the same version on
 * every replica, whatever build it runs. A replica that does not have a version stops before the entry that asks for it.
 *
 * <p>Not thread-safe: owned by the thread that applies.
 */
public final class AgreedVersions {
    private final VersionSupport support;
    private LogVersions current;
    private boolean changed;

    /**
     * @param stored with the state; empty for a new one
     * @param first what the log begins with
     */
    public AgreedVersions(VersionSupport support, Optional<LogVersions> stored, LogVersions first) {
        this.support = support;
        this.current = stored.orElse(first);
        this.changed = stored.isEmpty();
    }

    /** Always the first versions, and nothing else supported: for logs without any agreement. */
    public static AgreedVersions first() {
        VersionSupport only = VersionSupport.ofThisBuild(new VersionRange(1, 1));
        return new AgreedVersions(only, Optional.of(LogVersions.FIRST), LogVersions.FIRST);
    }

    public LogVersions current() {
        return current;
    }

    /** @throws UnsupportedVersionException if this replica does not have what is in force */
    public void check() {
        check(current, "the state is of " + current);
    }

    private void check(LogVersions versions, String what) {
        Optional<String> objection = support.objection(versions);
        if (objection.isPresent()) {
            throw new UnsupportedVersionException(what + ", but this replica " + objection.get()
                    + "; start it with a build and an application that have these versions");
        }
    }

    /**
     * Carries out an entry that raises the versions; refused if it would lower one of them.
     *
     * @throws UnsupportedVersionException if this replica does not have what is asked for; nothing was changed
     * @throws io.quorate.wal.log.CorruptFormatException if the payload is of an unknown format: other builds may know it
     */
    ApplyResult raise(Lsn lsn, Bytes payload) {
        LogVersions wanted = LogVersions.decode(payload);
        if (!wanted.isAtLeast(current)) {
            return ApplyResult.refusal("versions never go back: in force are " + current + ", asked for " + wanted);
        }
        check(wanted, "entry " + lsn + " of the log asks for " + wanted);
        changed |= !wanted.equals(current);
        current = wanted;
        return ApplyResult.OK;
    }

    /** What is to be stored with the state, if it changed since the last call. */
    public Optional<LogVersions> drainChange() {
        Optional<LogVersions> change = changed ? Optional.of(current) : Optional.empty();
        changed = false;
        return change;
    }
}
