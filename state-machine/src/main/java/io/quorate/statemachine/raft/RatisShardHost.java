package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.statemachine.raft.scan.RaftLogScanner;
import io.quorate.statemachine.raft.scan.ScanBounds;
import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.raft.sync.SnapshotInstallSync;
import io.quorate.statemachine.raft.sync.SyncFailedException;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
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
 *
 * <pre>
 * data directory
 *   shards/NAME.shard      what is served here ({@link ShardFile})
 *   raft/GROUP/            Ratis: log, vote, and sm/checkpoint.TERM_INDEX
 *   live/GROUP/            running state; rebuilt from checkpoint and log at every start
 * </pre>
 */
public final class RatisShardHost implements ShardDirectory, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RatisShardHost.class);
    private static final long TICK_MILLIS = 10;
    private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration PEER_TIMEOUT = Duration.ofSeconds(2);

    private final HostConfig config;
    private final Path shardFiles;
    private final Path raftDirectory;
    private final Path liveDirectory;
    private final NodeExecutors executors;
    private final GrpcPeerCalls peers;
    private final DiskGuard disk;
    private final LocalCalls calls = new LocalCalls();
    private final RaftSync sync = new RaftSync(this::syncFailed);
    private final RaftServer server;
    private final Checkpointer checkpointer;
    /** Shards by Ratis group: put there before Ratis asks for their state machine. */
    private final Map<UUID, RatisShard> shards = new ConcurrentHashMap<>();

    private final Map<UUID, RatisStateMachineAdapter> machines = new ConcurrentHashMap<>();
    private final Map<UUID, ShardFile> files = new ConcurrentHashMap<>();

    /**
     * Opens what the data directory holds and starts serving.
     *
     * @param services mounted on the same port
     * @throws IOException if the directory is damaged or foreign, or the port is taken; says which
     */
    public RatisShardHost(HostConfig config, Function<RatisShardHost, GrpcServices.Customizer> services)
            throws IOException {
        this.config = config;
        this.shardFiles = Files.createDirectories(config.dataDirectory().resolve("shards"));
        this.raftDirectory = Files.createDirectories(config.dataDirectory().resolve("raft"));
        this.liveDirectory = Files.createDirectories(config.dataDirectory().resolve("live"));
        DurableFiles.syncDirectory(config.dataDirectory());
        this.executors = NodeExecutors.create(config.self().node().value());
        this.peers =
                new GrpcPeerCalls(config.cluster(), PEER_TIMEOUT, address -> GrpcWiring.connect(address, config.tls()));
        this.disk = new DiskGuard(config.dataDirectory(), config.diskReserveBytes());
        readShardFiles();
        Parameters parameters =
                GrpcWiring.parameters(config.tls(), services.apply(this), GrpcPeerCalls.service(this::answer));
        sync.install(parameters);
        this.server = build(parameters);
        this.checkpointer = new Checkpointer(config.checkpointInterval(), config.checkpointBytes());
        start();
    }

    private void readShardFiles() throws IOException {
        for (ShardFile file : ShardFile.readAll(shardFiles)) {
            if (!file.descriptor().cluster().equals(config.cluster())) {
                throw new IOException("shard " + file.descriptor().shard() + " in " + shardFiles
                        + " belongs to cluster " + file.descriptor().cluster() + ", this node to " + config.cluster());
            }
            UUID group = file.descriptor().groupId();
            boolean exists = Files.isDirectory(raftDirectory.resolve(group.toString()));
            if (file.state() == ShardFile.State.OPEN && !exists) {
                throw new IOException("shard " + file.descriptor().shard() + ": its Raft directory "
                        + raftDirectory.resolve(group.toString())
                        + " is gone, and with it this peer's memory of its votes; "
                        + "wipe the data directory and add this node again as a new peer");
            }
            if (exists && file.state() != ShardFile.State.REMOVING) {
                scanLog(group);
            }
            files.put(group, file);
        }
    }

    /** Looks at a group's log before Ratis does: cuts a torn tail, refuses any other damage by name. */
    private void scanLog(UUID group) throws IOException {
        Path directory = raftDirectory.resolve(group.toString());
        new SnapshotInstallSync(directory.resolve("tmp"), directory.resolve("sm"), DirectorySync.FSYNC).recover();
        long snapshot = new CheckpointStorage(directory.resolve("sm"))
                .newest()
                .map(checkpoint -> checkpoint.termIndex().getIndex())
                .orElse(-1L);
        RaftLogScanner.prepare(
                directory, new ScanBounds(snapshot, -1, config.raft().appenderBytes()));
    }

    private RaftServer build(Parameters parameters) throws IOException {
        RaftProperties properties = config.raft().toProperties(raftDirectory);
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
        log.info("[{}] serves {} shards at {}", config.self(), shards.size(), config.address());
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
        if (file.state() == ShardFile.State.REMOVING) {
            removeGroup(file);
        } else if (!Files.isDirectory(raftDirectory.resolve(group.toString()))) {
            return; // CREATING: whoever creates the shard asks again
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
        RatisShard shard = shards.get(group);
        shard.close();
        await(server.groupManagementAsync(GroupManagementRequest.newRemove(
                calls.clientId(), server.getId(), calls.nextCallId(), RaftGroupId.valueOf(group), false, false)));
        shard.abandon();
        machines.remove(group);
        shards.remove(group);
        scanLog(group);
        addGroup(file, false);
    }

    private boolean isUnconfigured(ShardFile file) throws IOException {
        RaftServer.Division division =
                server.getDivision(RaftGroupId.valueOf(file.descriptor().groupId()));
        boolean member =
                file.descriptor().peers().stream().anyMatch(peer -> peer.id().equals(config.self()));
        return member && division.getRaftConf().getAllPeers().isEmpty();
    }

    /** Ratis asks for the state machine of a group that it opens. */
    private StateMachine stateMachine(RaftGroupId groupId) {
        ShardFile file = files.get(groupId.getUuid());
        if (file == null) {
            throw new IllegalStateException("Raft group " + groupId.getUuid() + " in " + raftDirectory
                    + " belongs to no shard file in " + shardFiles + "; was a shard file deleted?");
        }
        return machines.computeIfAbsent(groupId.getUuid(), group -> createMachine(file));
    }

    private RatisStateMachineAdapter createMachine(ShardFile file) {
        ShardDescriptor descriptor = file.descriptor();
        UUID group = descriptor.groupId();
        ReplicaHealth health = new ReplicaHealth();
        RatisStateMachineAdapter machine = new RatisStateMachineAdapter(
                descriptor,
                config.applications().create(descriptor.application()),
                config.stores(),
                config.sessions(),
                liveDirectory.resolve(group.toString()),
                health,
                sync);
        RatisShard shard = new RatisShard(
                descriptor,
                machine,
                health,
                config.raft().batches(),
                new RatisShard.Shared(() -> server, peers, executors, calls, disk));
        machine.listen(shard);
        shards.put(group, shard);
        return machine;
    }

    /**
     * Begins to serve a shard; a no-op if it is served already. The members of the descriptor found the group; a node that is not
     * among them waits to be added by the leader.
     *
     * @throws IOException if it did not work; may be repeated
     */
    public synchronized void open(ShardDescriptor descriptor) throws IOException {
        if (!descriptor.cluster().equals(config.cluster())) {
            throw new IOException("shard " + descriptor.shard() + " is of cluster " + descriptor.cluster()
                    + ", this node is of " + config.cluster());
        }
        config.applications().create(descriptor.application());
        ShardFile known = files.get(descriptor.groupId());
        if (known != null && known.state() == ShardFile.State.OPEN) {
            return;
        }
        ShardFile file = new ShardFile(descriptor, ShardFile.State.CREATING);
        file.write(shardFiles);
        files.put(descriptor.groupId(), file);
        boolean exists = shards.containsKey(descriptor.groupId());
        if (!exists) {
            addGroup(
                    file,
                    !Files.isDirectory(
                            raftDirectory.resolve(descriptor.groupId().toString())));
        }
        DurableFiles.syncTree(raftDirectory.resolve(descriptor.groupId().toString()));
        DurableFiles.syncDirectory(raftDirectory);
        ShardFile opened = file.withState(ShardFile.State.OPEN);
        opened.write(shardFiles);
        files.put(descriptor.groupId(), opened);
        log.info("[{}/{}] opened, group {}", config.self(), descriptor.shard(), descriptor.groupId());
    }

    private void addGroup(ShardFile file, boolean format) throws IOException {
        RaftGroupId group = RaftGroupId.valueOf(file.descriptor().groupId());
        boolean founder =
                file.descriptor().peers().stream().anyMatch(peer -> peer.id().equals(config.self()));
        RaftGroup members = founder
                ? RaftGroup.valueOf(
                        group,
                        file.descriptor().peers().stream()
                                .map(RaftView::toRaftPeer)
                                .toList())
                : RaftGroup.valueOf(group);
        await(server.groupManagementAsync(
                GroupManagementRequest.newAdd(calls.clientId(), server.getId(), calls.nextCallId(), members, format)));
    }

    /** Stops serving a shard and deletes what it kept here; a no-op if it is not served. May be repeated. */
    public synchronized void remove(ShardId shard) throws IOException {
        for (ShardFile file : List.copyOf(files.values())) {
            if (file.descriptor().shard().equals(shard)) {
                ShardFile removing = file.withState(ShardFile.State.REMOVING);
                removing.write(shardFiles);
                files.put(file.descriptor().groupId(), removing);
                removeGroup(removing);
            }
        }
    }

    private void removeGroup(ShardFile file) throws IOException {
        UUID group = file.descriptor().groupId();
        RatisShard shard = shards.get(group);
        if (shard != null) {
            shard.close();
            await(server.groupManagementAsync(GroupManagementRequest.newRemove(
                    calls.clientId(), server.getId(), calls.nextCallId(), RaftGroupId.valueOf(group), true, false)));
            shard.abandon();
            shards.remove(group);
            machines.remove(group);
        }
        DurableFiles.deleteTree(raftDirectory.resolve(group.toString()));
        DurableFiles.deleteTree(liveDirectory.resolve(group.toString()));
        DurableFiles.syncDirectory(raftDirectory);
        file.delete(shardFiles);
        files.remove(group);
        log.info("[{}/{}] removed", config.self(), file.descriptor().shard());
    }

    private static void await(CompletableFuture<RaftClientReply> future) throws IOException {
        RaftClientReply reply = future.join();
        if (!reply.isSuccess()) {
            throw new IOException("Ratis refused: " + reply.getException().getMessage(), reply.getException());
        }
    }

    private void syncFailed(RaftGroupId group, SyncFailedException failure) {
        Optional.ofNullable(shards.get(group.getUuid())).ifPresent(shard -> shard.syncFailed(failure));
    }

    private CompletableFuture<long[]> answer(PeerMessage.Call call) {
        RatisShard shard = shards.get(call.group());
        if (!call.cluster().equals(config.cluster()) || shard == null) {
            throw new ReadUnavailableException(
                    RejectReason.WRONG_IDENTITY,
                    "no group " + call.group() + " of cluster " + call.cluster() + " here");
        }
        return shard.answer(call);
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            disk.look();
            for (RatisShard shard : shards.values()) {
                shard.tick(now);
                if (checkpointer.isDue(shard, now)) {
                    shard.checkpoint(CHECKPOINT_TIMEOUT)
                            .whenComplete((lsn, failure) -> checkpointer.finished(shard, failure));
                }
            }
        } catch (RuntimeException e) {
            log.error("[{}] periodic work failed; it is tried again", config.self(), e);
        }
    }

    @Override
    public Optional<HostedShard> find(ShardId shard) {
        return shards.values().stream()
                .filter(hosted -> hosted.descriptor().shard().equals(shard))
                .map(hosted -> (HostedShard) hosted)
                .findFirst();
    }

    @Override
    public Collection<HostedShard> all() {
        return List.copyOf(shards.values());
    }

    /** Stops serving, in order: no new appends, Ratis closed, whoever still waits is answered. */
    @Override
    public void close() throws IOException {
        shards.values().forEach(RatisShard::close);
        try {
            server.close();
        } finally {
            shards.values().forEach(RatisShard::abandon);
            peers.close();
            executors.close();
        }
    }
}
