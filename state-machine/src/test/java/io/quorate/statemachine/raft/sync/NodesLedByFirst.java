package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.node.NodeSync;
import io.quorate.statemachine.raft.node.RaftNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;
import org.apache.ratis.util.TimeDuration;
import org.awaitility.Awaitility;

/**
 * Real servers n1, n2, ... whose elections a test decides: n1 leads at first and goes on for fifteen seconds when it hears of nobody, and
 * nobody campaigns unasked for a while, but n2 after three seconds.
 */
final class NodesLedByFirst implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String FIRST = "everywhere";

    private final Path directory;
    private final Function<RaftSync, NodeSync> hooks;
    private final Links links = new Links();
    private final Map<String, RaftNode> nodes = new TreeMap<>();
    private final ClientId client = ClientId.randomId();
    private final RaftGroup group;
    private long calls;

    private NodesLedByFirst(Path directory, int count, Function<RaftSync, NodeSync> hooks) throws IOException {
        this.directory = directory;
        this.hooks = hooks;
        this.group = RaftNode.groupOf(count);
    }

    /**
     * Starts them; all have one note then, {@link #FIRST}.
     *
     * @param hooks of each node: all of them, or what a test leaves of them
     */
    static NodesLedByFirst start(Path directory, int count, Function<RaftSync, NodeSync> hooks) throws Exception {
        NodesLedByFirst started = new NodesLedByFirst(directory, count, hooks);
        try {
            started.startAll();
        } catch (Exception | Error e) {
            started.close();
            throw e;
        }
        return started;
    }

    private void startAll() throws Exception {
        List<RaftPeer> fromTheLast = group.getPeers().stream()
                .sorted(Comparator.comparing((RaftPeer peer) -> peer.getId().toString())
                        .reversed())
                .toList();
        for (RaftPeer peer : fromTheLast) { // n1 at the end, to be elected at once
            start(peer);
        }
        awaitLeads("n1");
        append("n1", FIRST);
        for (String node : nodes.keySet()) {
            awaitNotes(node, FIRST);
        }
    }

    private void start(RaftPeer self) throws IOException {
        String id = self.getId().toString();
        NodeSync sync = hooks.apply(new RaftSync((groupId, failure) -> {}));
        nodes.put(
                id,
                RaftNode.start(
                        self,
                        group,
                        directory.resolve(id),
                        Optional.of(sync),
                        parameters -> {},
                        properties -> configure(properties, id)));
    }

    void stop(String node) throws IOException {
        nodes.remove(node).close();
    }

    /** With what it has on its disk. */
    void startAgain(String node) throws IOException {
        start(group.getPeers().stream()
                .filter(peer -> peer.getId().toString().equals(node))
                .findFirst()
                .orElseThrow());
    }

    private static void configure(RaftProperties properties, String id) {
        properties.set("raft.server.log.append-entries.compose.enabled", "false");
        properties.set("raft.server.log.read.lock.enabled", "false");
        boolean first = id.equals("n1");
        boolean second = id.equals("n2");
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, seconds(first ? 1 : second ? 3 : 20));
        // a leader goes on for as long as this when it hears of nobody
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, seconds(first ? 15 : second ? 4 : 60));
        if (!first) {
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, seconds(20));
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, seconds(60));
        }
    }

    private static TimeDuration seconds(int seconds) {
        return TimeDuration.valueOf(seconds, TimeUnit.SECONDS);
    }

    RaftGroup group() {
        return group;
    }

    Links links() {
        return links;
    }

    List<String> names() {
        return List.copyOf(nodes.keySet());
    }

    RaftServer.Division division(String node) throws IOException {
        return nodes.get(node).division();
    }

    /** As if its leader had asked it to: without a pre-vote, and at once. */
    void campaign(String node, String leader) throws IOException {
        RaftServer server = nodes.get(node).server();
        StartLeaderElectionRequestProto request = StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(nodes.get(leader).server().getId().toByteString())
                        .setReplyId(server.getId().toByteString())
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group.getGroupId())))
                .setLeaderLastEntry(lastEntry(node).toProto())
                .build();
        assertThat(server.startLeaderElection(request).getServerReply().getSuccess())
                .as(node + " campaigns")
                .isTrue();
    }

    boolean leads(String node) throws IOException {
        return division(node).getInfo().isLeader();
    }

    void awaitLeads(String node) {
        Awaitility.await(node + " leads").atMost(PATIENCE).until(() -> leads(node));
    }

    TermIndex lastEntry(String node) throws IOException {
        return division(node).getRaftLog().getLastEntryTermIndex();
    }

    Optional<TermIndex> entryAt(String node, long index) throws IOException {
        return Optional.ofNullable(division(node).getRaftLog().getTermIndex(index));
    }

    CompletableFuture<RaftClientReply> submit(String node, String note) throws IOException {
        RaftServer server = nodes.get(node).server();
        return server.submitClientRequestAsync(RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(server.getId())
                .setGroupId(group.getGroupId())
                .setCallId(++calls)
                .setMessage(Message.valueOf(note))
                .setType(RaftClientRequest.writeRequestType())
                .build());
    }

    static RaftClientReply reply(CompletableFuture<RaftClientReply> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Through a leader, once it is ready; returns the index of the entry. */
    long append(String node, String note) throws Exception {
        Awaitility.await(node + " is ready")
                .atMost(PATIENCE)
                .until(() -> division(node).getInfo().isLeaderReady());
        RaftClientReply reply = reply(submit(node, note));
        assertThat(reply.isSuccess()).as("%s of %s: %s", note, node, reply).isTrue();
        return reply.getLogIndex();
    }

    void awaitNotes(String node, String... notes) {
        Awaitility.await(node + " has " + Arrays.toString(notes))
                .atMost(PATIENCE)
                .until(() -> nodes.get(node).stateMachine().notes().equals(List.of(notes)));
    }

    /** Waits until some thread waits in a method, called from a class or method whose name contains the other. */
    static void awaitThread(String what, Class<?> owner, String method, String caller) {
        String name = owner.getName() + "." + method;
        Awaitility.await(what).atMost(PATIENCE).until(() -> Thread.getAllStackTraces().values().stream()
                .anyMatch(stack -> waitsIn(stack, name, caller)));
    }

    private static boolean waitsIn(StackTraceElement[] stack, String method, String caller) {
        List<String> frames = Arrays.stream(stack)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .toList();
        return !frames.isEmpty()
                && (frames.get(0).endsWith(".park") || frames.get(0).endsWith(".wait"))
                && IntStream.range(0, frames.size())
                        .filter(i -> frames.get(i).equals(method))
                        .anyMatch(i ->
                                frames.subList(i, frames.size()).stream().anyMatch(frame -> frame.contains(caller)));
    }

    @Override
    public void close() throws IOException {
        links.close();
        for (RaftNode node : nodes.values()) {
            node.close();
        }
    }
}
