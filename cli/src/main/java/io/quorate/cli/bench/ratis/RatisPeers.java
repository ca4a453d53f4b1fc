package io.quorate.cli.bench.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;

/** The peers of the benchmark's one group, as text on a command line: {@code s1=127.0.0.1:4001,s2=127.0.0.1:4002}. */
final class RatisPeers {
    /** Any fixed id: each run has directories of its own. */
    private static final RaftGroupId GROUP_ID =
            RaftGroupId.valueOf(UUID.fromString("6d4b9f4e-0000-4000-8000-62656e636831"));

    private RatisPeers() {}

    static RaftGroup group(String peers) {
        List<RaftPeer> list = new ArrayList<>();
        for (String peer : peers.split(",", -1)) {
            String[] parts = peer.split("=", 2);
            if (parts.length != 2 || parts[0].isBlank() || !parts[1].matches("[^:]+:\\d+")) {
                throw new IllegalArgumentException("not ID=HOST:PORT: " + peer);
            }
            list.add(RaftPeer.newBuilder().setId(parts[0]).setAddress(parts[1]).build());
        }
        return RaftGroup.valueOf(GROUP_ID, list);
    }

    /** Peers s1, s2 ... on these loopback ports. */
    static String onLoopback(List<Integer> ports) {
        List<String> peers = new ArrayList<>();
        for (int port : ports) {
            peers.add("s" + (peers.size() + 1) + "=127.0.0.1:" + port);
        }
        return peers.stream().collect(Collectors.joining(","));
    }
}
