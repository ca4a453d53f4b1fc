package io.quorate.statemachine.raft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.EntryMark.State;
import io.quorate.statemachine.replica.EntryHeldException;
import io.quorate.statemachine.replica.EntryVerdicts;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What this replica was told about single entries of its shard: durable before it is answered, since what a replica promised must
 * hold after its restart. One text file, replaced atomically:
 *
 * <pre>
 * QUORATE-MARKS 1 CRC32C-of-the-rest-in-8-hex-digits
 * {"marks":[{"lsn":7,"attempt":1,"state":"SKIPPED","checksum":"0a1b2c3d"}]}
 * </pre>
 *
 * <p>Thread-safe; asking for an entry takes no lock.
 */
final class EntryMarks implements EntryVerdicts {
    private static final String MAGIC = "QUORATE-MARKS 1 ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private volatile Map<Long, EntryMark> marks;
    /** What the file holds; behind {@link #marks} where a write failed. Guarded by this. */
    private Map<Long, EntryMark> durable;

    private EntryMarks(Path file, Map<Long, EntryMark> marks) {
        this.file = file;
        this.marks = marks;
        this.durable = marks;
    }

    /** @throws CorruptFormatException if there is a file and it is damaged or newer; names it */
    static EntryMarks open(Path file) throws IOException {
        return new EntryMarks(file, Files.exists(file) ? read(file) : Map.of());
    }

    Optional<EntryMark> find(Lsn lsn) {
        return Optional.ofNullable(marks.get(lsn.value()));
    }

    /** All of them, by LSN. */
    Collection<EntryMark> all() {
        return List.copyOf(marks.values());
    }

    @Override
    public List<Lsn> skippedUpTo(Lsn last) {
        return marks.values().stream()
                .filter(mark -> mark.state() == State.SKIPPED && mark.lsn().compareTo(last) <= 0)
                .map(EntryMark::lsn)
                .toList();
    }

    @Override
    public boolean isSkipped(LogEntry entry) {
        Map<Long, EntryMark> now = marks;
        EntryMark mark = now.isEmpty() ? null : now.get(entry.lsn().value());
        if (mark == null || mark.state() == State.RELEASED) {
            return false;
        }
        if (mark.state() == State.HELD) {
            throw new EntryHeldException(entry);
        }
        if (mark.checksum() != entry.checksum()) {
            throw new IllegalStateException(String.format(
                    "entry %s has checksum %08x, but the one to be skipped there has %08x: two histories",
                    entry.lsn(), entry.checksum(), mark.checksum()));
        }
        return true;
    }

    /**
     * Takes a mark, durably. A skip is final; a mark of an earlier attempt than that known, or one that would hold again what
     * was released in the same attempt, comes late.
     *
     * @throws SkipRefusedException if it comes late
     * @throws IOException if it could not be made durable; may be repeated, and what it stops stays stopped
     */
    synchronized void put(EntryMark mark) throws IOException {
        if (mark.equals(durable.get(mark.lsn().value()))) {
            return;
        }
        EntryMark known = marks.get(mark.lsn().value());
        if (known != null && !mark.equals(known)) {
            boolean heldAgain = mark.state() == State.HELD && known.state() == State.RELEASED;
            if (known.state() == State.SKIPPED
                    || mark.attempt() < known.attempt()
                    || mark.attempt() == known.attempt() && heldAgain) {
                throw new SkipRefusedException(
                        "entry " + mark.lsn() + " is " + known.state() + " here since attempt " + known.attempt() + "; "
                                + mark.state() + " of attempt " + mark.attempt() + " comes late",
                        false);
            }
        }
        Map<Long, EntryMark> changed = new TreeMap<>(marks);
        changed.put(mark.lsn().value(), mark);
        if (mark.state() != State.RELEASED) {
            marks = changed; // from now on it stops the applying thread, whatever the disk says
        }
        write(changed);
        marks = changed;
        durable = changed;
    }

    private void write(Map<Long, EntryMark> changed) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.putArray("marks");
        for (EntryMark mark : changed.values()) {
            root.withArray("/marks")
                    .addObject()
                    .put("lsn", mark.lsn().value())
                    .put("attempt", mark.attempt())
                    .put("state", mark.state().name())
                    .put("checksum", String.format("%08x", mark.checksum()));
        }
        String body = root + "\n";
        String text = MAGIC + String.format("%08x", Bytes.utf8(body).crc32c()) + "\n" + body;
        DurableFiles.writeAtomically(file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Map<Long, EntryMark> read(Path file) throws IOException {
        // what is no UTF-8 fails its checksum below, which names the file
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int line = text.indexOf('\n');
        if (!text.startsWith(MAGIC) || line < 0) {
            throw new CorruptFormatException(file + " is no file of marks of version 1; is it of a newer version?");
        }
        String body = text.substring(line + 1);
        if (!String.format("%08x", Bytes.utf8(body).crc32c()).equals(text.substring(MAGIC.length(), line))) {
            throw new CorruptFormatException(file + " is damaged: its checksum is not that of its content; "
                    + "rebuild this peer from the others");
        }
        Map<Long, EntryMark> found = new TreeMap<>();
        try {
            JsonNode list = JSON.readTree(body).path("marks");
            if (!list.isArray()) {
                throw new IllegalArgumentException("no list of marks");
            }
            for (JsonNode mark : list) {
                long lsn = mark.path("lsn").asLong();
                int checksum = Integer.parseUnsignedInt(mark.path("checksum").asText(), 16);
                State state = State.valueOf(mark.path("state").asText());
                found.put(lsn, new EntryMark(new Lsn(lsn), mark.path("attempt").asInt(), state, checksum));
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CorruptFormatException(file + " cannot be understood: " + e.getMessage(), e);
        }
        return found;
    }
}
