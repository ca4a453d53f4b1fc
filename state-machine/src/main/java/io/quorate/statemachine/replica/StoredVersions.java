package io.quorate.statemachine.replica;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.apply.AgreedVersions;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.VersionRange;
import io.quorate.wal.log.VersionSupport;

/** The versions in force as a row of {@link Keyspace#SYSTEM}. */
final class StoredVersions {
    private static final Bytes KEY = Bytes.utf8("versions");

    private StoredVersions() {}

    static VersionSupport supportOf(Application application) {
        return VersionSupport.ofThisBuild(new VersionRange(application.oldestVersion(), application.version()));
    }

    static AgreedVersions load(StateStore store, Application application, LogVersions first) {
        return new AgreedVersions(
                supportOf(application), store.view(Keyspace.SYSTEM).get(KEY).map(LogVersions::decode), first);
    }

    /** Adds what changed since the last call. */
    static void drain(AgreedVersions versions, StateBatch batch) {
        versions.drainChange().ifPresent(changed -> batch.put(Keyspace.SYSTEM, KEY, changed.encode()));
    }
}
