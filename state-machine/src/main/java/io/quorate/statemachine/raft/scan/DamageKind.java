package io.quorate.statemachine.raft.scan;

/** What is wrong with the files of a group, so that it is not opened. Names are stable: alerts and runbooks refer to them. */
public enum DamageKind {
    /** A segment does not begin with its magic. */
    BAD_HEADER,
    /** An entry's bytes do not match their checksum, and no torn write explains it. */
    BAD_CHECKSUM,
    /** A length that Ratis cannot have written, or one that was changed under a whole entry. */
    BAD_LENGTH,
    /** The checksum of an entry is right, but it cannot be read, or is larger than Ratis reads back with the present limit. */
    UNREADABLE_ENTRY,
    /** Something is broken, and intact later entries lie behind it: what is broken was probably synced. */
    DAMAGED_BEFORE_INTACT,
    /** Entries do not follow one another by one. */
    INDEX_OUT_OF_ORDER,
    /** A later entry has a lower term. */
    TERM_OUT_OF_ORDER,
    /** A closed segment ends before the entry that its name says. */
    SEGMENT_SHORT,
    /** Entries are missing between two segments. */
    SEGMENT_GAP,
    /** Two segments claim the same entries. */
    SEGMENT_OVERLAP,
    /** A segment that is not the last has no bytes. */
    SEGMENT_EMPTY,
    /** A file that Ratis would take for a segment, although it has written none of this name. */
    UNEXPECTED_FILE,
    /** The log begins after the entry that follows the snapshot. */
    ENTRIES_MISSING_AFTER_SNAPSHOT,
    /** The log ends before an entry that was synced for certain. */
    BELOW_DURABLE_FLOOR,
    /** {@code raft-meta} is gone or cannot be read, and there is no record of the promise. */
    VOTE_UNREADABLE,
    /** {@code raft-meta} is older than the log, and there is no record of the promise. */
    VOTE_BEHIND_LOG,
    /** The checksummed record of the promise is damaged. */
    VOTE_RECORD_DAMAGED,
    /** {@code raft-meta.conf} cannot be read, and there is no intact copy. */
    CONFIGURATION_UNREADABLE,
    /** The floor file is damaged. */
    FLOOR_DAMAGED
}
