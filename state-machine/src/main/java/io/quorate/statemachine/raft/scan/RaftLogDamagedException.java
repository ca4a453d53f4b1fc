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
        return "To rebuild this peer from the others, which must have a majority without it: remove it from the shard"
                + " (quorate peers remove), move " + groupDirectory
                + " away and keep it until the shard is whole again, and add"
                + " the node as a new peer (quorate peers add): it comes back under a new incarnation with a snapshot and the"
                + " entries after it. Do not delete or edit single files to get it started: acknowledged entries may be lost.";
    }
}
