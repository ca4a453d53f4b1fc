package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The files of a group are damaged in a way that no crash of a healthy disk explains, or that cannot be told from it; nothing was
 * changed. This peer must not run from them: it may have forgotten entries that it acknowledged.
 */
public final class RaftLogDamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path groupDirectory;
    private final transient Damage damage;

    public RaftLogDamagedException(Path groupDirectory, Damage damage) {
        super("Raft log of " + groupDirectory + " is not opened. " + damage + ". " + howToRebuild(groupDirectory));
        this.groupDirectory = groupDirectory;
        this.damage = damage;
    }

    /** The directory that was scanned; null only in a copy that was serialized. */
    public Path groupDirectory() {
        return groupDirectory;
    }

    /** What was found; null only in a copy that was serialized. */
    public Damage damage() {
        return damage;
    }

    private static String howToRebuild(Path groupDirectory) {
        return "To rebuild this node from the others, which must have a majority without it: move the whole data directory that "
                + groupDirectory
                + " lies in away and keep it until all is whole again, start the node on an empty one (it comes back"
                + " as a new peer), remove its earlier life from each of its shards (quorate peers remove) and add it again (quorate"
                + " peers add): it receives a snapshot and the entries after it. Do not delete or edit single files to get it started:"
                + " acknowledged entries may be lost.";
    }
}
