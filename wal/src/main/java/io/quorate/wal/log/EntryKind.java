package io.quorate.wal.log;

/** What a record asks for. Only {@link #USER} reaches the user's apply function; every kind takes an LSN. */
public enum EntryKind {
    /** A command for the application. */
    USER(0),
    /** Opens a writer session; its LSN becomes the writer's id. Payload: u64 time to live in milliseconds. */
    SESSION_OPEN(1),
    /** Ends a writer session. */
    SESSION_CLOSE(2),
    /** Keeps a writer session alive. */
    SESSION_TOUCH(3),
    /** Raises the versions by which the entries behind it are applied. Payload: {@link LogVersions}. Outside of any session. */
    VERSIONS(4);

    private static final EntryKind[] BY_CODE = values();

    private final int code;

    EntryKind(int code) {
        this.code = code;
    }

    /** Code on disk and on the wire, 0 to 255; never changes. */
    public int code() {
        return code;
    }

    /** True for what only a replica may submit, after checks of its own: refused from clients. */
    public boolean isInternal() {
        return this == VERSIONS;
    }

    static EntryKind ofCode(int code) {
        if (code >= BY_CODE.length) {
            throw new CorruptFormatException("record of unknown kind " + code + "; written by a newer version?");
        }
        return BY_CODE[code];
    }
}
