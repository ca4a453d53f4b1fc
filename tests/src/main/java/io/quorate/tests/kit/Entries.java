package io.quorate.tests.kit;

import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriterId;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Logs of entries that have their LSN, as they come by shipping or from an archive. */
final class Entries {
    private static final WriterId WRITER = new WriterId(1);

    private Entries() {}

    static List<LogEntry> generate(RandomGenerator random, int count, CommandGenerator commands) {
        List<LogEntry> entries = new ArrayList<>();
        long epoch = 1;
        long now = 1_700_000_000_000L;
        long sequence = 0;
        for (int lsn = 1; lsn <= count; lsn++) {
            LogRecord record;
            if (lsn == 1) {
                record = LogRecord.sessionless(EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(1L << 40));
            } else {
                sequence++;
                boolean touch = random.nextInt(8) == 0;
                EntryKind kind = touch ? EntryKind.SESSION_TOUCH : EntryKind.USER;
                Bytes payload = touch ? Bytes.EMPTY : commands.next(random);
                record = LogRecord.of(kind, WRITER, sequence, Math.max(0, sequence - 20), payload);
            }
            epoch += random.nextInt(20) == 0 ? 1 : 0;
            now += random.nextInt(50);
            entries.add(new LogEntry(new Lsn(lsn), epoch, now, record));
        }
        return entries;
    }

    /** What another history could hold at the place of an entry. */
    static LogEntry otherAt(LogEntry entry) {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("of another history"));
        return new LogEntry(entry.lsn(), entry.epoch() + 1, entry.timestampMillis() + 1, record);
    }

    static void write(List<LogEntry> log, Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(log.size());
            for (LogEntry entry : log) {
                out.writeLong(entry.lsn().value());
                out.writeLong(entry.epoch());
                out.writeLong(entry.timestampMillis());
                AnotherJvm.writeBytes(entry.record().encoded(), out);
            }
        }
    }

    static List<LogEntry> read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            List<LogEntry> log = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                Lsn lsn = new Lsn(in.readLong());
                long epoch = in.readLong();
                log.add(new LogEntry(lsn, epoch, in.readLong(), LogRecord.decode(AnotherJvm.readBytes(in), 0)));
            }
            return log;
        }
    }
}
