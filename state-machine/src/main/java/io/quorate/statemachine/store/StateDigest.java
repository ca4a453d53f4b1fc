package io.quorate.statemachine.store;

import io.quorate.wal.log.Bytes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A fingerprint of what the application stored, to be compared between replicas at equal LSNs: SHA-256 over length and bytes of
 * every key and value of {@link Keyspace#USER}, in key order.
 *
 * @param position at which it was taken
 * @param sha256 64 hexadecimal digits
 * @param keys number of keys
 */
public record StateDigest(Position position, String sha256, long keys) {
    /** Reads the whole snapshot. */
    public static StateDigest of(StateSnapshot snapshot) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
        long[] keys = {0};
        snapshot.view(Keyspace.USER).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> {
            add(digest, key);
            add(digest, value);
            keys[0]++;
            return true;
        });
        return new StateDigest(snapshot.position(), HexFormat.of().formatHex(digest.digest()), keys[0]);
    }

    private static void add(MessageDigest digest, Bytes bytes) {
        digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length()));
        digest.update(bytes.buffer());
    }
}
