package io.quorate.statemachine.logapp;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Entries read. Encoded, big-endian, as u8 version 1, u8 0, u64 next, u32 entries, then u64 LSN, u32 length and data of each.
 *
 * @param entries in LSN order
 * @param next LSN to read on from, once there is more
 */
public record LogPage(List<Entry> entries, Lsn next) {
    private static final int HEADER_BYTES = 14;
    private static final int ENTRY_HEADER_BYTES = 12;

    /** One entry as it was appended. */
    public record Entry(Lsn lsn, Bytes data) {
        public Entry {
            Objects.requireNonNull(lsn, "lsn");
            Objects.requireNonNull(data, "data");
        }
    }

    public LogPage {
        entries = List.copyOf(entries);
        Lsn last = Lsn.ZERO;
        for (Entry entry : entries) {
            if (entry.lsn().compareTo(last) <= 0) {
                throw new IllegalArgumentException("entry " + entry.lsn() + " after " + last);
            }
            last = entry.lsn();
        }
        if (next.compareTo(last) <= 0) {
            throw new IllegalArgumentException("next " + next + " after " + last);
        }
    }

    /** The form that {@link #decode} reads. */
    public Bytes encode() {
        int size = HEADER_BYTES;
        for (Entry entry : entries) {
            size = Math.addExact(size, ENTRY_HEADER_BYTES + entry.data().length());
        }
        byte[] bytes = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.put(LogFormat.VERSION).put((byte) 0).putLong(next.value()).putInt(entries.size());
        for (Entry entry : entries) {
            out.putLong(entry.lsn().value()).putInt(entry.data().length());
            entry.data().copyTo(bytes, out.position());
            out.position(out.position() + entry.data().length());
        }
        return Bytes.wrap(bytes);
    }

    /** @throws CorruptFormatException if the bytes are no page of a known version */
    public static LogPage decode(Bytes bytes) {
        if (LogFormat.kind("log page", bytes) != 0 || bytes.length() < HEADER_BYTES) {
            throw new CorruptFormatException("log page " + bytes + " of unknown kind or cut off");
        }
        List<Entry> entries = new ArrayList<>();
        int at = HEADER_BYTES;
        for (int left = bytes.intAt(10); left != 0; left--) {
            int length = bytes.length() - at < ENTRY_HEADER_BYTES ? -1 : bytes.intAt(at + 8);
            if (length < 0 || length > bytes.length() - at - ENTRY_HEADER_BYTES) {
                throw new CorruptFormatException("log page ends within the entry at byte " + at);
            }
            entries.add(new Entry(
                    LogFormat.lsn("log page", bytes.longAt(at)), bytes.slice(at + ENTRY_HEADER_BYTES, length)));
            at += ENTRY_HEADER_BYTES + length;
        }
        LogFormat.checkLength("log page", bytes, at);
        try {
            return new LogPage(entries, LogFormat.lsn("log page", bytes.longAt(2)));
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("log page: " + e.getMessage(), e);
        }
    }
}
