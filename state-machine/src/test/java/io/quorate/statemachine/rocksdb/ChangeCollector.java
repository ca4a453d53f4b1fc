package io.quorate.statemachine.rocksdb;

import io.quorate.wal.log.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rocksdb.WriteBatch;

/** Takes down the puts and deletes of a native batch; anything else but skipped data fails. */
final class ChangeCollector extends WriteBatch.Handler {
    private final List<Map.Entry<Bytes, Optional<Bytes>>> changes;

    ChangeCollector(List<Map.Entry<Bytes, Optional<Bytes>>> changes) {
        this.changes = changes;
    }

    @Override
    public void put(byte[] key, byte[] value) {
        changes.add(Map.entry(Bytes.wrap(key), Optional.of(Bytes.wrap(value))));
    }

    @Override
    public void put(int family, byte[] key, byte[] value) {
        put(key, value);
    }

    @Override
    public void delete(byte[] key) {
        changes.add(Map.entry(Bytes.wrap(key), Optional.empty()));
    }

    @Override
    public void delete(int family, byte[] key) {
        delete(key);
    }

    @Override
    public void logData(byte[] skipped) {
        // the rest of an array that is used again
    }

    private static UnsupportedOperationException unexpected() {
        return new UnsupportedOperationException("only puts and deletes are encoded");
    }

    @Override
    public void merge(int family, byte[] key, byte[] value) {
        throw unexpected();
    }

    @Override
    public void merge(byte[] key, byte[] value) {
        throw unexpected();
    }

    @Override
    public void singleDelete(int family, byte[] key) {
        throw unexpected();
    }

    @Override
    public void singleDelete(byte[] key) {
        throw unexpected();
    }

    @Override
    public void deleteRange(int family, byte[] from, byte[] to) {
        throw unexpected();
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
        throw unexpected();
    }

    @Override
    public void putBlobIndex(int family, byte[] key, byte[] value) {
        throw unexpected();
    }

    @Override
    public void markBeginPrepare() {
        throw unexpected();
    }

    @Override
    public void markEndPrepare(byte[] xid) {
        throw unexpected();
    }

    @Override
    public void markNoop(boolean emptyBatch) {
        throw unexpected();
    }

    @Override
    public void markRollback(byte[] xid) {
        throw unexpected();
    }

    @Override
    public void markCommit(byte[] xid) {
        throw unexpected();
    }

    @Override
    public void markCommitWithTimestamp(byte[] xid, byte[] timestamp) {
        throw unexpected();
    }
}
