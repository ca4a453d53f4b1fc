package io.quorate.tests.chaos;

import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.process.JavaProcessSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts directions of links between node processes that share the loopback address. Each node runs under a group id of its own, by
 * which the kernel tells whose packet it is: what a node sends to another's port as a client is dropped at the sender's socket, what
 * it answers there at the receiver's. Clients of the test have no such group and reach every node. Needs root and nftables; its table is
 * its own and concerns these group ids only. Thread-safe.
 */
final class NodeNetwork implements AutoCloseable {
    private static final int FIRST_GROUP = 42_000;

    private final String table = "quorate_chaos_" + ProcessHandle.current().pid();
    /** By node, from 1. */
    private final List<Integer> ports;
    /** How many faults cut a link. */
    private final Map<Link, Integer> cuts = new HashMap<>();

    /** One direction between two nodes. */
    record Link(int from, int to) {}

    private NodeNetwork(List<Integer> ports) {
        this.ports = ports;
    }

    /** Puts a whole network before the nodes that listen at these ports. */
    static NodeNetwork create(List<Integer> ports) throws IOException {
        NodeNetwork network = new NodeNetwork(List.copyOf(ports));
        network.nft("""
                table inet %s {
                  set calls { type gid . inet_service; }
                  set answers { type gid . inet_service; }
                  chain out { type filter hook output priority 0; meta skgid . tcp dport @calls drop; }
                  chain in { type filter hook input priority 0; meta skgid . tcp sport @answers drop; }
                }
                """.formatted(network.table));
        return network;
    }

    /** Starts a node under its group id, with all other rights kept. */
    static JavaProcessSpec inItsGroup(JavaProcessSpec spec) {
        int group = groupOf(NodeProcesses.number(spec.name()));
        return spec.withLauncher(List.of("setpriv", "--regid", Integer.toString(group), "--keep-groups"));
    }

    private static int groupOf(int node) {
        return FIRST_GROUP + node;
    }

    /** From now on nothing that one node sends reaches the other, on connections of either. May be repeated. */
    synchronized void cut(Link link) throws IOException {
        if (cuts.merge(link, 1, Integer::sum) == 1) {
            change("add", link);
        }
    }

    /** Undoes one cut of this link; it is whole again once all are undone. */
    synchronized void mend(Link link) throws IOException {
        if (cuts.merge(link, -1, Integer::sum) == 0) {
            change("delete", link);
        }
    }

    private void change(String verb, Link link) throws IOException {
        nft(verb + " element inet " + table + " calls { " + groupOf(link.from()) + " . " + portOf(link.to()) + " }\n"
                + verb + " element inet " + table + " answers { " + groupOf(link.to()) + " . " + portOf(link.from())
                + " }\n");
    }

    private int portOf(int node) {
        return ports.get(node - 1);
    }

    private void nft(String commands) throws IOException {
        Shell.run(commands, List.of("nft", "-f", "-"));
    }

    @Override
    public void close() throws IOException {
        nft("delete table inet " + table + "\n");
    }
}
