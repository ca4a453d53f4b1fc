package io.quorate.statemachine.wire;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.LogRecord;
import java.util.ArrayList;
import java.util.List;

/** Takes the records of one group after another from the end of a message. */
final class RecordReader {
    private final Bytes bytes;
    private int at;

    RecordReader(Bytes bytes) {
        this.bytes = bytes;
    }

    List<LogRecord> next(int count, int length) {
        if (length < 0 || length > bytes.length() - at || count < 1 || count > length / LogRecord.HEADER_BYTES) {
            throw new CorruptFormatException(
                    "group of " + count + " records in " + length + " bytes, " + (bytes.length() - at) + " bytes left");
        }
        int end = at + length;
        List<LogRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            LogRecord record = LogRecord.decode(bytes, at);
            at += record.length();
            if (at > end) {
                throw new CorruptFormatException("record " + i + " exceeds its group by " + (at - end) + " bytes");
            }
            records.add(record);
        }
        if (at != end) {
            throw new CorruptFormatException((end - at) + " bytes after the last record of a group");
        }
        return records;
    }

    void end() {
        if (at != bytes.length()) {
            throw new CorruptFormatException((bytes.length() - at) + " bytes after the last record");
        }
    }
}
