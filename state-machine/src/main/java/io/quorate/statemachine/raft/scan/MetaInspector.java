package io.quorate.statemachine.raft.scan;

import io.quorate.statemachine.raft.sync.ConfigurationMirror;
import io.quorate.statemachine.raft.sync.VoteMirror;
import io.quorate.statemachine.raft.sync.VoteRecord;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;

/**
 * Reads {@code raft-meta} and {@code raft-meta.conf} and compares them with their checksummed copies and with the log. Changes
 * nothing. Without a copy (no Quorate has run this group yet) only what cannot be parsed or contradicts the log is noticed.
 */
final class MetaInspector {
    static final String VOTE_FILE = "raft-meta";
    static final String CONFIGURATION_FILE = "raft-meta.conf";

    private final Path current;
    private final LogInspector log;
    private final long snapshotIndex;
    private final List<Repair> repairs = new ArrayList<>();

    /** @param log already inspected */
    MetaInspector(Path current, LogInspector log, long snapshotIndex) {
        this.current = current;
        this.log = log;
        this.snapshotIndex = snapshotIndex;
    }

    List<Repair> repairs() {
        return repairs;
    }

    /** @throws DamageFound if the group must not be opened */
    void inspect() throws IOException {
        inspectVote();
        inspectConfiguration();
    }

    private void inspectVote() throws IOException {
        Optional<VoteRecord> promised = readPromise();
        Optional<VoteRecord> written;
        String why;
        try {
            written = readVote();
            why = written.map(vote -> "it holds term " + vote.term() + " and vote '" + vote.votedFor()
                            + "', but more was promised")
                    .orElse("it is missing");
        } catch (CorruptFormatException e) {
            written = Optional.empty();
            why = "it cannot be read: " + e.getMessage();
        }
        if (written.isEmpty() && promised.isEmpty()) {
            if (log.lastIndex() < 0 && !Files.exists(current.resolve(VOTE_FILE))) {
                return; // never formatted: Ratis does that
            }
            throw damage(DamageKind.VOTE_UNREADABLE, VOTE_FILE, why);
        }
        VoteRecord vote = written.filter(found -> promised.isEmpty() || found.mayFollow(promised.get()))
                .orElseGet(() -> promised.orElseThrow());
        if (vote.term() < log.lastTerm()) {
            if (promised.isEmpty()) {
                throw damage(
                        DamageKind.VOTE_BEHIND_LOG,
                        VOTE_FILE,
                        "it holds term " + vote.term() + ", but the log goes to term " + log.lastTerm()
                                + ": a vote may be forgotten");
            }
            // Entries of a term in which nothing was promised: they were written, but never acknowledged.
            vote = new VoteRecord(log.lastTerm(), "");
            why = "its term is behind the log";
        }
        if (!written.equals(Optional.of(vote))) {
            repairs.add(new Repair.RestoreVote(current.resolve(VOTE_FILE), vote, why));
        }
    }

    private Optional<VoteRecord> readPromise() throws IOException {
        try {
            return VoteMirror.read(current);
        } catch (CorruptFormatException e) {
            throw damage(DamageKind.VOTE_RECORD_DAMAGED, VoteMirror.FILE_NAME, e.getMessage());
        }
    }

    private Optional<VoteRecord> readVote() throws IOException {
        Path file = current.resolve(VOTE_FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            String votedFor = properties.getProperty("votedFor");
            if (votedFor == null) {
                throw new CorruptFormatException("no votedFor");
            }
            return Optional.of(new VoteRecord(Long.parseLong(properties.getProperty("term")), votedFor));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new CorruptFormatException(e.toString(), e);
        }
    }

    private void inspectConfiguration() throws IOException {
        Path file = current.resolve(CONFIGURATION_FILE);
        Optional<ByteBuffer> copy;
        try {
            copy = ConfigurationMirror.read(current);
        } catch (CorruptFormatException e) {
            throw damage(DamageKind.CONFIGURATION_UNREADABLE, ConfigurationMirror.FILE_NAME, e.getMessage());
        }
        Optional<ByteBuffer> written =
                Files.exists(file) ? Optional.of(ByteBuffer.wrap(Files.readAllBytes(file))) : Optional.empty();
        if (written.isEmpty() && copy.isEmpty() || written.equals(copy)) {
            return;
        }
        Optional<Long> index = written.flatMap(MetaInspector::indexOf);
        if (copy.isEmpty()) {
            if (index.isEmpty()) {
                throw damage(DamageKind.CONFIGURATION_UNREADABLE, CONFIGURATION_FILE, "it is no configuration entry");
            }
            return;
        }
        long copied = indexOf(copy.get())
                .orElseThrow(() -> damage(
                        DamageKind.CONFIGURATION_UNREADABLE,
                        ConfigurationMirror.FILE_NAME,
                        "its checksum is right, but it is no configuration entry"));
        long last = Math.max(log.lastIndex(), snapshotIndex);
        boolean newer = index.isPresent() && index.get() > copied && index.get() <= last;
        if (!newer) {
            String why = index.map(found -> "it holds index " + found + " and differs from the copy of index " + copied)
                    .orElse(written.isEmpty() ? "it is missing" : "it cannot be read");
            repairs.add(new Repair.RestoreConfiguration(file, copy.get(), why));
        }
    }

    private static Optional<Long> indexOf(ByteBuffer configuration) {
        try {
            LogEntryProto entry = LogEntryProto.parseFrom(configuration.duplicate());
            boolean usable = entry.hasConfigurationEntry()
                    && entry.getConfigurationEntry().getPeersCount() > 0
                    && entry.getIndex() >= 0;
            return usable ? Optional.of(entry.getIndex()) : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static DamageFound damage(DamageKind kind, String file, String detail) {
        return new DamageFound(new Damage(kind, file, 0, detail));
    }
}
