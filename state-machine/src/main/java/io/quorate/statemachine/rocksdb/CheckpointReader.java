package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.rocksdb.CheckpointManifest.FileEntry;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checkpoint on disk, to be verified and brought into a live directory. Changes nothing in it. */
final class CheckpointReader {
    private final Path directory;
    private final CheckpointManifest manifest;

    private CheckpointReader(Path directory, CheckpointManifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /**
     * Reads every byte of a checkpoint and compares it with the manifest. Files that the manifest does not name are ignored.
     *
     * @throws StateStoreException if anything is missing, damaged or of an unknown version; names the file
     */
    static CheckpointReader verify(Path directory) {
        CheckpointManifest manifest = readManifest(directory);
        for (FileEntry file : manifest.files()) {
            verify(directory.resolve(file.name()), file);
        }
        return new CheckpointReader(directory, manifest);
    }

    private static CheckpointManifest readManifest(Path directory) {
        Path file = directory.resolve(CheckpointManifest.FILE_NAME);
        if (!Files.isRegularFile(file)) {
            throw StoreErrors.damaged(file, "is missing: this is no complete checkpoint");
        }
        try {
            return CheckpointManifest.decode(Bytes.wrap(Files.readAllBytes(file)));
        } catch (CorruptFormatException e) {
            throw StoreErrors.damaged(file, "is refused: " + e.getMessage(), e);
        } catch (IOException e) {
            throw StoreErrors.failed("reading", file, e);
        }
    }

    private static void verify(Path path, FileEntry expected) {
        try {
            if (!Files.isRegularFile(path)) {
                throw StoreErrors.damaged(path, "is missing");
            }
            long size = Files.size(path);
            if (size != expected.sizeBytes()) {
                throw StoreErrors.damaged(path, "has " + size + " bytes, written were " + expected.sizeBytes());
            }
            int crc = DirectIo.crc32c(path);
            if (crc != expected.crc32c()) {
                throw StoreErrors.damaged(
                        path, String.format("has checksum %08x, written was %08x", crc, expected.crc32c()));
            }
        } catch (IOException e) {
            throw StoreErrors.failed("reading", path, e);
        }
    }

    CheckpointManifest manifest() {
        return manifest;
    }

    /** Brings the files into another directory: tables, which never change, as hard links, the others as copies. */
    void copyTo(Path target) throws IOException {
        for (FileEntry file : manifest.files()) {
            Path from = directory.resolve(file.name());
            Path to = target.resolve(file.name());
            if (isImmutable(file.name())) {
                Files.createLink(to, from);
            } else {
                Files.copy(from, to);
            }
        }
    }

    /** True for tables, which RocksDB never changes once written. */
    static boolean isImmutable(String name) {
        return name.endsWith(".sst");
    }
}
