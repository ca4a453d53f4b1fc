package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.raft.sync.SyncFailedException;
import io.quorate.topology.Generation;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ExitUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Any number of shards in this process, on one port: one Ratis group each. API: stable, but for the parameters that mount further
 * services.
 */
public final class RatisShardHost implements ShardDirectory, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RatisShardHost.class);
    private static final long TICK_MILLIS = 10;
    private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration REOPEN_PAUSE = Duration.ofSeconds(1);
    /** What opening a shard may take on a disk that was full. */
    private static final long REOPEN_BYTES = 16 << 20;

    private static final Duration PEER_TIMEOUT = Duration.ofSeconds(2);

    /** A shard that is served: what belongs to it ends with it. */
    private record Served(
            RatisShard shard, RatisStateMachineAdapter machine, EntrySkips skips, CheckpointSchedule checkpoints) {}

    private final HostConfig config;
    private final HostDirectory directory;
    private final NodeExecutors executors;
    private final GrpcPeerCalls peers;
    private final DiskGuard disk;
    private final LocalCalls calls = new LocalCalls();
    private final RaftSync sync = new RaftSync(this::syncFailed);
    private final RaftServer server;
    private final RatisGroups groups;
    /** By Ratis group: made when Ratis asks for the state machine. */
    private final Map<UUID, Served> served = new ConcurrentHashMap<>();

    private final Map<UUID, ShardFile> files = new ConcurrentHashMap<>();
    private final Reopening reopening = new Reopening(REOPEN_PAUSE);

    /**
     * Opens what the data directory holds and starts serving.
     *
     * @param services mounted on the same port
     * @throws IOException if the directory is damaged or foreign, or the port is taken; says which
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
        directory.read().forEach(file -> files.put(file.descriptor().groupId(), file));
        Parameters parameters =
                GrpcWiring.parameters(config.tls(), services.apply(this), GrpcPeerCalls.service(this::answer));
        sync.install(parameters);
        this.server = build(parameters);
        this.groups = new RatisGroups(server, calls);
        start();
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
                .setStateMachineRegistry(this::stateMachine)
                .build();
    }

    private void start() throws IOException {
        disk.look();
        listen();
        for (ShardFile file : List.copyOf(files.values())) {
            recover(file);
        }
        executors.scheduler().scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        log.info("[{}] serves {} shards at {}", config.self(), served.size(), config.address());
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
            IOException failure = new IOException(
                    "cannot listen at " + config.address() + ": " + e.getCause().getMessage(), e);
            try {
                close();
            } catch (IOException | RuntimeException suppressed) {
                failure.addSuppressed(suppressed);
            }
            throw failure;
        }
    }

    /** Resumes what a crash interrupted. */
    private void recover(ShardFile file) throws IOException {
        UUID group = file.descriptor().groupId();
        if (!directory.holdsGroup(group)) {
            return; // REMOVED, or CREATING: whoever creates the shard asks again
        } else if (isUnconfigured(file)) {
            // crashed before its first configuration entry: Ratis forgot the members, the vote is kept
            reopen(file);
        }
    }

    /** Closes and opens a shard's Raft group, which keeps all that it has on disk; a no-op if it is not served. */
    public synchronized void reopen(ShardId shard) throws IOException {
        for (ShardFile file : List.copyOf(files.values())) {
            if (file.descriptor().shard().equals(shard) && file.state() == ShardFile.State.OPEN) {
                reopen(file);
            }
        }
    }

    private void reopen(ShardFile file) throws IOException {
        UUID group = file.descriptor().groupId();
        Served before = served.get(group);
        if (before != null) {
            close(group, before, false);
        }
        directory.scanLog(group);
        addGroup(file, false);
    }

    /** Closes a shard's Raft group and answers whoever waits for it. */
    private void close(UUID group, Served hosted, boolean deleteDirectory) throws IOException {
        hosted.shard().close();
        groups.remove(group, deleteDirectory);
        hosted.shard().abandon();
    }

    /** Opens what ran out of space anew, now that there is room; false if it must be tried again. */
    private synchronized boolean reopenWanted(UUID group) {
        ShardFile file = files.get(group);
        if (file == null || file.state() != ShardFile.State.OPEN) {
            return true;
        }
        ShardId shard = file.descriptor().shard();
        try {
            reopen(file);
            log.info("[{}/{}] opened anew, since there is room again", config.self(), shard);
            return true;
        } catch (IOException | RuntimeException e) {
            log.warn("[{}/{}] cannot be opened anew, tried again: {}", config.self(), shard, e.toString());
            return false;
        }
    }

    private boolean isUnconfigured(ShardFile file) throws IOException {
        RaftServer.Division division =
                server.getDivision(RaftGroupId.valueOf(file.descriptor().groupId()));
        return file.founds() && division.getRaftConf().getAllPeers().isEmpty();
    }

    /** Ratis asks for the state machine of a group that it opens. */
    private StateMachine stateMachine(RaftGroupId groupId) {
        ShardFile file = files.get(groupId.getUuid());
        if (file == null) {
            throw directory.noShardFile(groupId.getUuid());
        }
        Served fresh = serve(file);
        served.put(groupId.getUuid(), fresh);
        return fresh.machine();
    }

    private Served serve(ShardFile file) {
        ShardDescriptor descriptor = file.descriptor();
        ReplicaHealth health = new ReplicaHealth();
        EntryMarks marks = marks(descriptor.groupId());
        RatisStateMachineAdapter machine = new RatisStateMachineAdapter(
                descriptor,
                config.applications().create(descriptor.application()),
                config.stores(),
                config.sessions(),
                directory.live(descriptor.groupId()),
                health,
                sync,
                marks);
        RatisShard shard = new RatisShard(
                descriptor,
                machine,
                health,
                config.raft().batches(),
                new RatisShard.Shared(
                        () -> server,
                        peers,
                        executors,
                        calls,
                        disk,
                        leader -> peers.watch(leader, () -> gone(leader))));
        machine.listen(shard);
        return new Served(
                shard,
                machine,
                new EntrySkips(machine, health, marks),
                new CheckpointSchedule(config.checkpointInterval(), config.checkpointBytes(), System.nanoTime()));
    }

    private EntryMarks marks(UUID group) {
        try {
            return EntryMarks.open(directory.marks(group));
        } catch (IOException e) {
            throw new UncheckedIOException("the marks of group " + group + " cannot be read", e);
        }
    }

    /**
     * Promises, durably, that this replica does nothing with an entry until {@link #settleEntry}. Answers with the entry at which it
     * is parked by its application, if it is.
     *
     * @throws SkipRefusedException if the entry was applied here, or that cannot be excluded, or the shard is not served here
     */
    public synchronized Optional<ParkedEntry> holdEntry(UUID group, Lsn lsn, int attempt) throws IOException {
        Served shard = served.get(group);
        if (shard == null) {
            throw new SkipRefusedException("does not serve it", true);
        }
        return shard.skips().hold(lsn, attempt);
    }

    /**
     * Learns what was decided on an entry, durably, and goes on where the replica was parked at it. May be repeated; a node that
     * does not serve the shard yet keeps it for when it does.
     *
     * @throws SkipRefusedException if the entry was applied here although it is to be skipped
     */
    public synchronized void settleEntry(UUID group, EntryMark mark) throws IOException {
        Served shard = served.get(group);
        if (shard == null) {
            marks(group).put(mark);
        } else if (shard.skips().settle(mark)) {
            log.info(
                    "[{}/{}] goes on: entry {} is {}",
                    config.self(),
                    files.get(group).descriptor().shard(),
                    mark.lsn(),
                    mark.state());
            reopen(files.get(group));
        }
    }

    /**
     * Begins to serve a new shard, as one of those who found it; a no-op if it is served already. To be called for each member of the
     * descriptor, by whoever creates the shard and knows that this life of it has never had other members.
     *
     * @throws IOException if it did not work; may be repeated. Also if this node is no member, or was one and was removed
     */
    public synchronized void found(ShardDescriptor descriptor) throws IOException {
        ShardFile known = files.get(descriptor.groupId());
        if (descriptor.peers().stream().noneMatch(peer -> peer.id().equals(config.self()))) {
            throw new IOException(
                    config.self() + " is no member of shard " + descriptor.shard() + " and cannot found it");
        }
        if (known != null && known.state() != ShardFile.State.OPEN && known.state() != ShardFile.State.CREATING) {
            throw new IOException(config.self() + " was removed from shard " + descriptor.shard() + " generation "
                    + descriptor.generation() + " and cannot found it again; add it as a peer");
        }
        open(descriptor, true);
    }

    /**
     * Begins to serve a shard that exists, empty and without a vote, until its leader adds this node; a no-op if it is served
     * already.
     *
     * @throws IOException if it did not work; may be repeated
     */
    public synchronized void join(ShardDescriptor descriptor) throws IOException {
        open(descriptor, false);
    }

    private void open(ShardDescriptor descriptor, boolean founds) throws IOException {
        if (!descriptor.cluster().equals(config.cluster())) {
            throw new IOException("shard " + descriptor.shard() + " is of cluster " + descriptor.cluster()
                    + ", this node is of " + config.cluster());
        }
        if (descriptor.peers().stream().anyMatch(peer -> !peer.role().holdsData())) {
            throw new IOException("shard " + descriptor.shard()
                    + " has a member without data, which Ratis would make a full voter: witnesses are not offered yet");
        }
        config.applications().create(descriptor.application());
        ShardFile known = files.get(descriptor.groupId());
        if (known != null && known.state() == ShardFile.State.OPEN) {
            return;
        }
        endOtherLives(descriptor);
        boolean resumed = known != null && known.state() == ShardFile.State.CREATING;
        ShardFile file = new ShardFile(descriptor, ShardFile.State.CREATING, resumed ? known.founds() : founds);
        directory.write(file);
        files.put(descriptor.groupId(), file);
        if (!served.containsKey(descriptor.groupId())) {
            addGroup(file, !directory.holdsGroup(descriptor.groupId()));
        }
        directory.syncGroup(descriptor.groupId());
        ShardFile opened = file.withState(ShardFile.State.OPEN);
        directory.write(opened);
        files.put(descriptor.groupId(), opened);
        log.info(
                "[{}/{}] {}, group {}",
                config.self(),
                descriptor.shard(),
                opened.founds() ? "founded" : "waits to be added",
                descriptor.groupId());
    }

    /** A shard has one life at a time: what is left here of an earlier one goes before a later one begins, and does not come back. */
    private void endOtherLives(ShardDescriptor descriptor) throws IOException {
        for (ShardFile other : lives(descriptor.shard())) {
            int age = other.descriptor().generation().compareTo(descriptor.generation());
            if (age > 0) {
                throw new IOException("shard " + descriptor.shard() + " has come to generation "
                        + other.descriptor().generation() + " here; generation " + descriptor.generation()
                        + " is over");
            } else if (age < 0) {
                remove(other);
                files.remove(other.descriptor().groupId());
            }
        }
    }

    private List<ShardFile> lives(ShardId shard) {
        return files.values().stream()
                .filter(file -> file.descriptor().shard().equals(shard))
                .toList();
    }

    /** Where it fails, what was served before stays: a closed replica that says what is wrong with it, or nothing. */
    private void addGroup(ShardFile file, boolean format) throws IOException {
        UUID group = file.descriptor().groupId();
        Served before = served.get(group);
        try {
            groups.add(file, format);
        } catch (IOException | RuntimeException e) {
            served.compute(group, (key, unopened) -> before);
            throw e;
        }
    }

    /** Stops serving a shard and deletes what it kept here; a no-op if it is not served. May be repeated. */
    public synchronized void remove(ShardId shard) throws IOException {
        remove(shard, new Generation(Long.MAX_VALUE));
    }

    /** As {@link #remove(ShardId)}, but a later life of the shard than the last one named is left alone. */
    public synchronized void remove(ShardId shard, Generation last) throws IOException {
        for (ShardFile file : lives(shard)) {
            if (file.descriptor().generation().compareTo(last) <= 0) {
                remove(file);
            }
        }
    }

    private void remove(ShardFile file) throws IOException {
        if (file.state() != ShardFile.State.REMOVED) {
            ShardFile removing = file.withState(ShardFile.State.REMOVING);
            directory.write(removing);
            files.put(file.descriptor().groupId(), removing);
            removeGroup(removing);
        }
    }

    private void removeGroup(ShardFile file) throws IOException {
        UUID group = file.descriptor().groupId();
        Served hosted = served.get(group);
        if (hosted != null) {
            close(group, hosted, true);
            served.remove(group);
        }
        files.put(group, directory.delete(file));
        log.info("[{}/{}] removed", config.self(), file.descriptor().shard());
    }

    /** The process at an address has ended: shards that it led need not wait until they miss its heartbeats. */
    private void gone(String address) {
        served.values().forEach(hosted -> hosted.shard().nodeGone(address));
    }

    private void syncFailed(RaftGroupId group, SyncFailedException failure) {
        Optional.ofNullable(served.get(group.getUuid()))
                .ifPresent(hosted -> hosted.shard().syncFailed(failure));
    }

    private CompletableFuture<long[]> answer(PeerMessage.Call call) {
        Served hosted = served.get(call.group());
        if (!call.cluster().equals(config.cluster()) || hosted == null) {
            throw new ReadUnavailableException(
                    RejectReason.WRONG_IDENTITY,
                    "no group " + call.group() + " of cluster " + call.cluster() + " here");
        }
        return hosted.shard().answer(call);
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            disk.look();
            for (Served hosted : served.values()) {
                hosted.shard().tick(now);
                if (hosted.shard().ranOutOfSpace()) {
                    reopening.want(hosted.shard().descriptor().groupId());
                }
                if (hosted.checkpoints().isDue(hosted.shard().bytesSinceCheckpoint(), now)) {
                    checkpoint(hosted);
                }
            }
            if (disk.hasRoom(REOPEN_BYTES) && reopening.begins(now)) {
                executors.background().execute(() -> reopening.tryAll(this::reopenWanted));
            }
        } catch (RuntimeException e) {
            log.error("[{}] periodic work failed; it is tried again", config.self(), e);
        }
    }

    private void checkpoint(Served hosted) {
        hosted.shard().checkpoint(CHECKPOINT_TIMEOUT).whenComplete((lsn, failure) -> {
            if (failure != null) {
                ShardId shard = hosted.shard().descriptor().shard();
                log.warn("[{}/{}] checkpoint failed; tried again later", config.self(), shard, failure);
            }
            hosted.checkpoints().finished();
        });
    }

    @Override
    public Optional<HostedShard> find(ShardId shard) {
        return all().stream()
                .filter(hosted -> hosted.descriptor().shard().equals(shard))
                .findFirst();
    }

    @Override
    public Collection<HostedShard> all() {
        return served.values().stream()
                .map(hosted -> (HostedShard) hosted.shard())
                .toList();
    }

    /** Stops serving, in order: no new appends, Ratis closed, whoever still waits is answered. */
    @Override
    public void close() throws IOException {
        served.values().forEach(hosted -> hosted.shard().close());
        try {
            server.close();
        } finally {
            served.values().forEach(hosted -> hosted.shard().abandon());
            peers.close();
            executors.close();
        }
    }
}
