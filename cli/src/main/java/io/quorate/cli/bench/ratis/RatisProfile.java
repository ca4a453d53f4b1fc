package io.quorate.cli.bench.ratis;

import java.util.Locale;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Server settings of bare Ratis. In both, every acknowledged entry was fsynced by a majority. */
public enum RatisProfile {
    /** As Ratis 3.3.0 comes. */
    DEFAULTS("Ratis 3.3.0, no-op state machine, its defaults") {
        @Override
        void apply(RaftProperties properties) {
            // Nothing: that is the point.
        }
    },

    /** What was found to make small writes faster without giving up durability. */
    TUNED(
            "Ratis 3.3.0, no-op state machine, compose off, log-metadata off, preallocation 4 KB, appender wait 0, read lock off") {
        @Override
        void apply(RaftProperties properties) {
            RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
            RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
            RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("4KB"));
            RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
            RaftServerConfigKeys.Log.setReadLockEnabled(properties, false);
        }
    };

    private final String description;

    RatisProfile(String description) {
        this.description = description;
    }

    abstract void apply(RaftProperties properties);

    /** One line for reports. */
    public String description() {
        return description;
    }

    /** As it is written in options and names. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
