package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.StateStoreException;
import java.nio.file.Path;
import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What went wrong, where, and what to do, in the words of an operator. */
final class StoreErrors {
    static final String REBUILD =
            "to rebuild this replica from its peers, move its shard directory away and add it again"
                    + " as a new peer: it then installs a snapshot from the others";

    private StoreErrors() {}

    /** An error of RocksDB or of the file system while doing something. */
    static StateStoreException failed(String doing, Path directory, Exception cause) {
        String message = doing + " " + directory + " failed: " + cause.getMessage();
        if (isDiskFull(cause)) {
            message += "; the disk is full: make room on the file system of " + directory + ", then reopen the shard";
        } else if (isCorruption(cause)) {
            message += "; the data is damaged: " + REBUILD;
        }
        return new StateStoreException(message, cause);
    }

    /** A file of a checkpoint that is not as it was written. */
    static StateStoreException damaged(Path file, String what) {
        return new StateStoreException(damageMessage(file, what));
    }

    static StateStoreException damaged(Path file, String what, Exception cause) {
        return new StateStoreException(damageMessage(file, what), cause);
    }

    private static String damageMessage(Path file, String what) {
        return "checkpoint file " + file + " " + what + "; open an older checkpoint, or " + REBUILD;
    }

    private static boolean isDiskFull(Exception cause) {
        if (cause instanceof RocksDBException rocks
                && rocks.getStatus() != null
                && rocks.getStatus().getSubCode() == Status.SubCode.NoSpace) {
            return true;
        }
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("no space left");
    }

    private static boolean isCorruption(Exception cause) {
        return cause instanceof RocksDBException rocks
                && rocks.getStatus() != null
                && rocks.getStatus().getCode() == Status.Code.Corruption;
    }
}
