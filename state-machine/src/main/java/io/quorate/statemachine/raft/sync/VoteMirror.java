package io.quorate.statemachine.raft.sync;

import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The checksummed record of what this peer has promised, beside {@code raft-meta} and replaced atomically. It is durable before a
 * message leaves that relies on it, so it holds every promise ever made; {@code raft-meta} may be ahead of it by a step that
 * nobody has heard of yet, and behind it only by damage or by Ratis' own race (see {@link GroupSync}). On a contradiction this
 * record is right.
 */
public final class VoteMirror {
    /** No name that Ratis looks for. */
    public static final String FILE_NAME = "quorate-vote";

    private VoteMirror() {}

    /** Durable when it returns, and with it every earlier rename in the directory, such as that of {@code raft-meta}. */
    static void write(Path current, VoteRecord vote, DirectorySync directorySync) throws IOException {
        DurableFiles.replace(current.resolve(FILE_NAME), vote.encode());
        directorySync.sync(current);
    }

    /**
     * @return empty if there is none: a group that no Quorate has run yet
     * @throws CorruptFormatException if there is one and it is damaged or of an unknown version; names the file
     */
    public static Optional<VoteRecord> read(Path current) throws IOException {
        Path file = current.resolve(FILE_NAME);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        try {
            return Optional.of(VoteRecord.decode(ByteBuffer.wrap(bytes)));
        } catch (CorruptFormatException e) {
            throw new CorruptFormatException(file + ": " + e.getMessage(), e);
        }
    }
}
