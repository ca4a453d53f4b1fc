package io.quorate.cli.bench.ratis;

import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis clients that keep Ratis' own client from being what is measured: room for what is outstanding, and time enough that
 * a slow answer is not sent again (with the default of 3 s, overload turns into a storm of retries).
 */
final class BareRatisClients {
    private static final int OUTSTANDING_MAX = 1 << 20;
    private static final TimeDuration REQUEST_TIMEOUT = TimeDuration.valueOf(30, TimeUnit.SECONDS);
    private static final TimeDuration RETRY_SLEEP = TimeDuration.valueOf(100, TimeUnit.MILLISECONDS);
    /** Together with the pause: half a minute for an election or a full queue. */
    private static final int RETRIES = 300;

    /** gRPC's log, which tells at INFO that it loaded its transport. Kept, or the level would be collected with it. */
    private static final Logger GRPC = Logger.getLogger("org.apache.ratis.thirdparty.io.grpc");

    static {
        GRPC.setLevel(Level.WARNING);
    }

    private BareRatisClients() {}

    /** A client that knows nothing of the group but its members. */
    static RaftClient open(RaftGroup group) {
        return open(group, null);
    }

    /** A client that asks this server first; null for any. */
    static RaftClient open(RaftGroup group, RaftPeerId leader) {
        RaftProperties properties = new RaftProperties();
        RaftClientConfigKeys.Async.setOutstandingRequestsMax(properties, OUTSTANDING_MAX);
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, REQUEST_TIMEOUT);
        return RaftClient.newBuilder()
                .setRaftGroup(group)
                .setLeaderId(leader)
                .setProperties(properties)
                .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(RETRIES, RETRY_SLEEP))
                .build();
    }
}
