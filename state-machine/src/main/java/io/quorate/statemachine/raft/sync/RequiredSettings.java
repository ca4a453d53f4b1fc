package io.quorate.statemachine.raft.sync;

import java.io.IOException;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;

/**
 * Settings of a Ratis server without which what this package promises does not hold. A shard host sets them itself; the server may be
 * somebody else's, and some of Ratis' own defaults are others.
 */
public final class RequiredSettings {
    private RequiredSettings() {}

    /**
     * To be called before a group is opened.
     *
     * @throws IOException if one is otherwise: names it, and says what it would cost
     */
    public static void check(RaftProperties properties) throws IOException {
        check(
                RaftServerConfigKeys.Log.USE_MEMORY_KEY,
                RaftServerConfigKeys.Log.useMemory(properties),
                false,
                "entries would be acknowledged that are on no disk at all");
        check(
                RaftServerConfigKeys.Log.CORRUPTION_POLICY_KEY,
                RaftServerConfigKeys.Log.corruptionPolicy(properties),
                RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION,
                "entries behind damage in the log would be dropped without a word, acknowledged ones among them");
        check(
                RaftServerConfigKeys.Log.APPEND_ENTRIES_COMPOSE_ENABLED_KEY,
                RaftServerConfigKeys.Log.appendEntriesComposeEnabled(properties),
                false,
                "entries would be appended behind a vote that does not know of them, and acknowledged");
        check(
                RaftServerConfigKeys.Log.ASYNC_FLUSH_ENABLED_KEY,
                RaftServerConfigKeys.Log.asyncFlushEnabled(properties),
                false,
                "entries would be acknowledged before they are on disk");
        check(
                RaftServerConfigKeys.Log.UNSAFE_FLUSH_ENABLED_KEY,
                RaftServerConfigKeys.Log.unsafeFlushEnabled(properties),
                false,
                "entries would be acknowledged before they are on disk");
        check(
                RaftServerConfigKeys.Log.Appender.INSTALL_SNAPSHOT_ENABLED_KEY,
                RaftServerConfigKeys.Log.Appender.installSnapshotEnabled(properties),
                true,
                "a peer that is far behind would never catch up");
    }

    private static <T> void check(String key, T set, T required, String cost) throws IOException {
        if (!set.equals(required)) {
            throw new IOException(
                    "the server runs with " + key + "=" + set + "; set it to " + required + ", or " + cost);
        }
    }
}
