package io.quorate.cli.bench.ratis;

import io.quorate.cli.bench.system.LoadTarget;
import io.quorate.cli.bench.system.RunningSystem;
import io.quorate.cli.bench.system.ServerProcess;
import io.quorate.cli.process.ProcessCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Started servers of bare Ratis. */
final class RunningBareRatis implements RunningSystem {
    private static final Logger log = LoggerFactory.getLogger(RunningBareRatis.class);

    private final ProcessCluster cluster;
    private final RaftGroup group;
    /** For questions; carries no load. */
    private final RaftClient admin;

    RunningBareRatis(ProcessCluster cluster, RaftGroup group) {
        this.cluster = cluster;
        this.group = group;
        this.admin = BareRatisClients.open(group);
    }

    /** Returns when an entry was committed, so that there is a leader. */
    void awaitLeader() throws IOException {
        if (!admin.io().send(Message.EMPTY).isSuccess()) {
            throw new IOException("the first append was not successful");
        }
    }

    @Override
    public LoadTarget connect(int index) {
        return new BareRatisTarget(group, admin.getLeaderId());
    }

    @Override
    public List<ServerProcess> servers() {
        return cluster.processes().stream()
                .map(p -> new ServerProcess(p.name(), p.pid()))
                .toList();
    }

    @Override
    public Optional<String> leader() {
        for (RaftPeer peer : group.getPeers()) {
            try {
                if (admin.getGroupManagementApi(peer.getId())
                                .info(group.getGroupId())
                                .getRoleInfoProto()
                                .getRole()
                        == RaftPeerRole.LEADER) {
                    return Optional.of(peer.getId().toString());
                }
            } catch (IOException e) {
                log.warn("server {} did not say whether it leads", peer.getId(), e);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        try (cluster) {
            admin.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the client of bare Ratis", e);
        }
    }
}
