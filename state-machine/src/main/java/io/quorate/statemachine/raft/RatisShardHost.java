package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.statemachine.raft.sync.MustReopenException;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.raft.sync.SyncFailedException;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.ExitUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Any number of shards in this process, on one port: one Ratis group each. API: stable, but not the parameters that mount further
 * services, and what is about single entries (held, parked, settled), which a node's own operations use.
 */
public final class RatisShardHost implements ShardDirectory, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RatisShardHost.class);
    /** Between two looks whether logs and applications move. */
    private static final long WATCH_SECONDS = 1;

    private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(1);
    /** What opening a shard may take on a disk that was full. */
    private static final long REOPEN_BYTES = 16 << 20;

    private static final Duration PEER_TIMEOUT = Duration.ofSeconds(2);

    private final HostConfig config;
    private final HostDirectory directory;
    private final NodeExecutors executors;
    private final GrpcPeerCalls peers;
    private final DiskGuard disk;
    private final LocalCalls calls = new LocalCalls();
    private final RaftSync sync = new RaftSync(this::syncFailed);
    private final RatisConnections connections = new RatisConnections(this::server);
    private final OtherNodes nodes;
    private final RaftServer server;
    private final ShardLives lives;
    private final SoleProcess alone;
    private volatile boolean stopping;

    /**
     * Opens what the data directory holds and starts serving.
     *
     * @param services mounted on the same port
     * @throws IOException if the directory is damaged or foreign, or the port is taken; says which. Nothing stays open then, and it
     *     may be tried again
     */
    public RatisShardHost(HostConfig config, Function<RatisShardHost, GrpcServices.Customizer> services)
            throws IOException {
        this.config = config;
        this.directory = new HostDirectory(
                config.dataDirectory(), config.cluster(), config.raft().appenderBytes());
        this.executors = NodeExecutors.create(config.self().node().value());
        this.peers =
                new GrpcPeerCalls(config.cluster(), PEER_TIMEOUT, address -> GrpcWiring.connect(address, config.tls()));
        this.disk = new DiskGuard(config.dataDirectory(), config.diskReserveBytes());
        this.lives = new ShardLives(
                config, directory, new RatisGroups(this::checkNotRefused, this::server, calls), this::serve);
        this.nodes = new OtherNodes(config.self().toString(), peers, connections, lives, executors.workers());
        this.alone = new SoleProcess(config, lives, peers);
        try {
            lives.read();
            Parameters parameters =
                    GrpcWiring.parameters(config.tls(), services.apply(this), GrpcPeerCalls.service(this::answer));
            sync.install(parameters);
            this.server = build(parameters);
            start();
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    /** Nobody else can: who asked for this host has none. */
    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException | RuntimeException suppressed) {
            failure.addSuppressed(suppressed);
        }
    }

    private void checkNotRefused() throws IOException {
        alone.checkNotRefused();
    }

    private RaftServer server() {
        return server;
    }

    private RaftServer build(Parameters parameters) throws IOException {
        RaftProperties properties = config.raft().toProperties(directory.raft());
        int colon = config.address().lastIndexOf(':');
        GrpcConfigKeys.Server.setHost(properties, config.address().substring(0, colon));
        GrpcConfigKeys.Server.setPort(
                properties, Integer.parseInt(config.address().substring(colon + 1)));
        return RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.self().toString()))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setProperties(properties)
                .setParameters(parameters)
                .setStateMachineRegistry(lives::stateMachine)
                .build();
    }

    private void start() throws IOException {
        disk.look();
        alone.check();
        listen();
        lives.recover();
        long tick = config.raft().tickMillis();
        ScheduledExecutorService scheduler = executors.scheduler();
        PeriodicWork.start(scheduler, "[" + config.self() + "] periodic work", this::tick, tick, TimeUnit.MILLISECONDS);
        nodes.start(scheduler);
        alone.start(scheduler);
        String watch = "[" + config.self() + "] the look whether shards move";
        PeriodicWork.start(scheduler, watch, lives::watchProgress, WATCH_SECONDS, TimeUnit.SECONDS);
        log.info("[{}] serves {} shards at {}", config.self(), lives.all().size(), config.address());
    }

    /**
     * Ratis would end the process where its port is taken, and at any exception that nobody caught, in whoever's thread. A library
     * must not.
     */
    private void listen() throws IOException {
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        try {
            server.start();
        } catch (ExitUtils.ExitException e) {
            throw new IOException(
                    "cannot listen at " + config.address() + ": " + e.getCause().getMessage(), e);
        } catch (CompletionException e) {
            throw new IOException("a shard cannot be opened: " + e.getCause(), e);
        }
    }

    /**
     * Closes and opens a shard's Raft group, which keeps all that it has on disk; a no-op if it is not served.
     *
     * @throws IOException if it cannot be opened; it is tried again in the background then
     */
    public void reopen(ShardId shard) throws IOException {
        alone.checkNotRefused();
        lives.reopen(shard);
    }

    private ShardLives.Served serve(ShardFile file) {
        ShardDescriptor descriptor = file.descriptor();
        file.memory().ifPresent(memory -> sync.remember(RaftGroupId.valueOf(descriptor.groupId()), memory));
        ReplicaHealth health = new ReplicaHealth();
        EntryMarks marks = lives.marks(descriptor.groupId());
        AppliedState state = new AppliedState(
                descriptor,
                config.applications().create(descriptor.application()),
                config.stores(),
                directory.live(descriptor.groupId()),
                marks);
        RatisStateMachineAdapter machine =
                new RatisStateMachineAdapter(state, health, sync, config.raft().kept());
        RatisShard shard = new RatisShard(
                machine,
                health,
                new RatisShard.Shared(
                        this::server,
                        peers,
                        executors,
                        calls,
                        disk,
                        nodes,
                        config.wallClock(),
                        config.raft(),
                        lives::wantReopened));
        machine.listen(shard);
        return new ShardLives.Served(
                shard,
                machine,
                new EntrySkips(machine, health, marks),
                new CheckpointSchedule(config.checkpointInterval(), config.checkpointBytes(), System.nanoTime()));
    }

    /**
     * Promises, durably, that this replica does nothing with an entry until {@link #settleEntry}. Answers with the entry at which it
     * is parked by its application, if it is.
     *
     * @throws SkipRefusedException if the entry was applied here, or that cannot be excluded, or the shard is not served here
     */
    public Optional<ParkedEntry> holdEntry(UUID group, Lsn lsn, int attempt) throws IOException {
        return lives.holdEntry(group, lsn, attempt);
    }

    /** The entry at which a replica is parked by its application, or since it is held; looks, and promises nothing. */
    public Optional<ParkedEntry> parkedEntry(UUID group) {
        return lives.find(group).flatMap(hosted -> hosted.skips().parked());
    }

    /** What a replica was told about single entries; nothing if it is not served. */
    public Collection<EntryMark> entryMarks(UUID group) {
        return lives.find(group).map(hosted -> hosted.skips().marks()).orElse(List.of());
    }

    /**
     * Learns what was decided on an entry, durably, and goes on where the replica was parked at it. May be repeated; a node that
     * does not serve the shard yet keeps it for when it does.
     *
     * @throws SkipRefusedException if the entry was applied here although it is to be skipped; the replica is parked for good
     */
    public void settleEntry(UUID group, EntryMark mark) throws IOException {
        lives.settleEntry(group, mark);
    }

    /**
     * Begins to serve a new shard, as one of those who found it; a no-op if it is served already. To be called for each member of the
     * descriptor, by whoever creates the shard and knows that this life of it has never had other members.
     *
     * @throws IOException if it did not work; may be repeated. Also if this node is no member, or was one and was removed
     */
    public void found(ShardDescriptor descriptor) throws IOException {
        alone.checkNotRefused();
        lives.found(descriptor);
    }

    /**
     * Begins to serve a shard that exists, empty and without a vote, until its leader adds this node; a no-op if it is served
     * already.
     *
     * @throws IOException if it did not work; may be repeated
     */
    public void join(ShardDescriptor descriptor) throws IOException {
        alone.checkNotRefused();
        lives.join(descriptor);
    }

    /** Stops serving a shard and deletes what it kept here; a no-op if it is not served. May be repeated. */
    public void remove(ShardId shard) throws IOException {
        remove(shard, new Generation(Long.MAX_VALUE));
    }

    /**
     * As {@link #remove(ShardId)}, for one life of a shard and those before it. Noted also where it was never served: whoever still
     * asks to found that life comes late.
     */
    public void remove(ShardDescriptor descriptor) throws IOException {
        lives.remove(descriptor);
    }

    /** As {@link #remove(ShardId)}, but a later life of the shard than the last one named is left alone. */
    public void remove(ShardId shard, Generation last) throws IOException {
        lives.remove(shard, last);
    }

    private void syncFailed(RaftGroupId group, SyncFailedException failure) {
        lives.find(group.getUuid()).ifPresent(hosted -> hosted.shard().syncFailed(failure));
        if (failure instanceof MustReopenException) {
            lives.wantReopened(group.getUuid());
        }
    }

    private CompletableFuture<long[]> answer(PeerMessage.Call call) {
        if (call.operation() == PeerMessage.Operation.STAYS && call.cluster().equals(config.cluster())) {
            return CompletableFuture.completedFuture(new long[] {stopping ? 0 : 1, 0, 0});
        }
        if (call.operation() == PeerMessage.Operation.PRESENCE && call.cluster().equals(config.cluster())) {
            return alone.answer(call);
        }
        Optional<ShardLives.Served> hosted = lives.find(call.group());
        if (!call.cluster().equals(config.cluster()) || hosted.isEmpty()) {
            throw new ReadUnavailableException(
                    RejectReason.WRONG_IDENTITY,
                    "no group " + call.group() + " of cluster " + call.cluster() + " here");
        }
        return hosted.get().shard().answer(call);
    }

    private void tick() {
        long now = System.nanoTime();
        disk.look();
        for (ShardLives.Served hosted : lives.all()) {
            hosted.shard().tick(now);
            if (hosted.shard().ranOutOfSpace()) {
                lives.wantReopened(hosted.shard().descriptor().groupId());
            }
            if (hosted.checkpoints().isDue(hosted.shard().bytesSinceCheckpoint(), now)) {
                checkpoint(hosted);
            }
        }
        if (disk.hasRoom(REOPEN_BYTES) && !alone.isRefused() && lives.beginsReopening(now)) {
            executors.background().execute(lives::reopenWanted);
        }
    }

    /** From now on other nodes that ask hear that this one is about to stop, so that none hands leadership to it. */
    public void announceStop() {
        stopping = true;
    }

    /**
     * Asks another node whether it goes on serving.
     *
     * @return false if it is about to stop, or does not answer within a second
     */
    public CompletableFuture<Boolean> stays(Peer peer) {
        return nodes.stays(peer.address()).exceptionally(silent -> false);
    }

    private void checkpoint(ShardLives.Served hosted) {
        hosted.shard().checkpoint(CHECKPOINT_TIMEOUT).whenComplete((lsn, failure) -> {
            if (failure != null) {
                ShardId shard = hosted.shard().descriptor().shard();
                log.warn("[{}/{}] checkpoint failed; tried again later", config.self(), shard, failure);
            }
            hosted.checkpoints().finished(failure == null);
        });
    }

    /** So that nothing is sent any more. */
    private void closeGroups() {
        List<Runnable> closings = lives.all().stream()
                .map(hosted -> (Runnable) hosted.shard()::closeGroup)
                .toList();
        try {
            ClosingGroups.await(
                    ClosingGroups.begin(closings)::isDone, ClosingGroups.PATIENCE, "some group of " + config.self());
        } catch (IOException e) {
            log.warn("[{}] not all groups could be closed; they are with the server", config.self(), e);
        }
    }

    @Override
    public Optional<HostedShard> find(ShardId shard) {
        return all().stream()
                .filter(hosted -> hosted.descriptor().shard().equals(shard))
                .findFirst();
    }

    @Override
    public Collection<HostedShard> all() {
        return lives.all().stream().map(hosted -> (HostedShard) hosted.shard()).toList();
    }

    /** Stops serving, in order: no new appends, Ratis closed, whoever still waits is answered. */
    @Override
    public void close() throws IOException {
        stopping = true;
        lives.all().forEach(hosted -> hosted.shard().close());
        try {
            if (server != null) { // else it was not made: closed by the constructor
                Set<Peer> others = lives.otherPeers();
                closeGroups();
                // Ratis leaves streams behind where a leader gave up while it sent: it would wait for each to end, for
                // three
                // seconds, and nobody ends them
                others.forEach(peer -> connections.renew(peer.id()));
                server.close();
            }
        } finally {
            lives.all().forEach(hosted -> hosted.shard().abandon());
            peers.close();
            executors.close();
        }
    }
}
