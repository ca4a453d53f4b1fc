package io.quorate.cli.command;

import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvCondition;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Entries as a terminal can show them. Pure. */
final class EntryText {
    private EntryText() {}

    /** How entries of an application become bytes of a line. */
    interface Form {
        Bytes of(Bytes entry);
    }

    /** Entries of {@code log} as they are: they are their user's own. */
    static Form of(String application) {
        return switch (application) {
            case LogApplication.NAME -> entry -> entry;
            case KvApplication.NAME -> entry -> Bytes.utf8(ofKv(entry));
            default -> entry -> Bytes.utf8(readable(entry));
        };
    }

    private static String ofKv(Bytes entry) {
        try {
            return words(KvCommand.decode(entry));
        } catch (CorruptFormatException notOurs) {
            return readable(entry); // what the application refused lies in the log, too
        }
    }

    private static String words(KvCommand command) {
        if (command instanceof KvCommand.Put put) {
            return "put " + readable(put.key()) + " " + readable(put.value());
        }
        if (command instanceof KvCommand.Delete delete) {
            return "delete " + readable(delete.key());
        }
        if (command instanceof KvCommand.Transaction transaction) {
            String conditions = transaction.conditions().stream()
                    .map(condition -> readable(condition.key()) + " " + words(condition))
                    .collect(Collectors.joining(", "));
            String writes = transaction.writes().stream().map(EntryText::words).collect(Collectors.joining(", "));
            return (conditions.isEmpty() ? "" : "if " + conditions + ": ") + writes;
        }
        throw new AssertionError("unhandled: " + command);
    }

    private static String words(KvCondition condition) {
        if (condition instanceof KvCondition.ValueIs value) {
            return "is " + readable(value.value());
        }
        if (condition instanceof KvCondition.VersionIs version) {
            return "has version " + version.version();
        }
        if (condition instanceof KvCondition.Present) {
            return "is present";
        }
        if (condition instanceof KvCondition.Absent) {
            return "is absent";
        }
        throw new AssertionError("unhandled: " + condition);
    }

    /** Text as it is, but control characters, bytes that are no text, and backslashes as escapes. */
    static String readable(Bytes bytes) {
        StringBuilder text = new StringBuilder();
        ByteBuffer rest = bytes.buffer();
        CharBuffer decoded = CharBuffer.allocate(bytes.length());
        while (rest.hasRemaining()) {
            decoded.clear();
            StandardCharsets.UTF_8.newDecoder().decode(rest, decoded, true);
            decoded.flip().chars().forEach(c -> append(text, (char) c));
            if (rest.hasRemaining()) { // where the decoder stopped
                text.append(String.format("\\x%02x", rest.get()));
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, char c) {
        if (c == '\\') {
            text.append("\\\\");
        } else if (Character.isISOControl(c)) {
            text.append(String.format("\\x%02x", (int) c));
        } else {
            text.append(c);
        }
    }
}
