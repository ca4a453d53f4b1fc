package io.quorate.statemachine.raft;

import io.quorate.statemachine.raft.sync.PeerMemory;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.statemachine.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lives of shards on this node: which are served, how one begins, ends, and is opened again. Each step is in the shard's file
 * before it is done, so that a crash in between is resumed. A shard has one life at a time here. Thread-safe; one change at a time,
 * and each blocks.
 */
final class ShardLives implements OtherNodes.Shards {
    private static final Logger log = LoggerFactory.getLogger(ShardLives.class);

    /** A shard that is served: what belongs to it ends with it. */
    record Served(
            RatisShard shard, RatisStateMachineAdapter machine, EntrySkips skips, CheckpointSchedule checkpoints) {}

    private final HostConfig config;
    private final HostDirectory directory;
    private final RatisGroups groups;
    private final Function<ShardFile, Served> makes;
    /** By Ratis group: made when Ratis asks for the state machine. */
    private final Map<UUID, Served> served = new ConcurrentHashMap<>();

    private final Map<UUID, ShardFile> files = new ConcurrentHashMap<>();
    private final Reopening reopening = new Reopening();
    private final Reopening.Groups reopened = new Reopening.Groups() {
        @Override
        public Optional<String> open(UUID group) {
            return tryToReopen(group);
        }

        @Override
        public void failed(UUID group, String cause, Duration untilNextTry) {
            log.warn(
                    "[{}/{}] cannot be opened anew, tried again in {} s and then less and less often: {}",
                    config.self(),
                    nameOf(group),
                    untilNextTry.toSeconds(),
                    cause);
        }
    };

    /** @param makes what serves a shard, when Ratis is about to open its group */
    ShardLives(HostConfig config, HostDirectory directory, RatisGroups groups, Function<ShardFile, Served> makes) {
        this.config = config;
        this.directory = directory;
        this.groups = groups;
        this.makes = makes;
    }

    /** Reads what is to be served; before Ratis does. */
    void read() throws IOException {
        directory.read().forEach(file -> files.put(file.descriptor().groupId(), file));
    }

    /** Ratis asks for the state machine of a group that it opens. */
    StateMachine stateMachine(RaftGroupId groupId) {
        ShardFile file = files.get(groupId.getUuid());
        if (file == null) {
            throw directory.noShardFile(groupId.getUuid());
        }
        Served fresh = makes.apply(file);
        served.put(groupId.getUuid(), fresh);
        return fresh.machine();
    }

    Optional<Served> find(UUID group) {
        return Optional.ofNullable(served.get(group));
    }

    /** Of the shards that this node has, whether opened or not. */
    Collection<ShardDescriptor> descriptors() {
        return files.values().stream()
                .filter(file -> file.state() == ShardFile.State.OPEN || file.state() == ShardFile.State.CREATING)
                .map(ShardFile::descriptor)
                .toList();
    }

    Collection<Served> all() {
        return served.values();
    }

    @Override
    public Set<Peer> otherPeers() {
        return all().stream()
                .flatMap(hosted -> hosted.shard().status().peers().stream())
                .filter(peer -> !peer.id().equals(config.self()))
                .collect(Collectors.toSet());
    }

    @Override
    public boolean hears(PeerId peer, Duration within) {
        return all().stream().anyMatch(hosted -> hosted.shard().hears(peer, within));
    }

    /** Shards that it led need not wait until they miss its heartbeats. */
    @Override
    public void nodeGone(String address) {
        all().forEach(hosted -> hosted.shard().nodeGone(address));
    }

    /** Looks whether logs and applications move. Called about once a second, by one thread. */
    void watchProgress() {
        long now = System.nanoTime();
        for (Served hosted : served.values()) {
            try {
                hosted.shard().watchProgress(now);
            } catch (RuntimeException e) {
                log.debug("[{}] a shard that is being closed cannot be looked at", config.self(), e);
            }
        }
    }

    /** Resumes what a crash interrupted; once Ratis has opened what it found. */
    synchronized void recover() throws IOException {
        for (ShardFile file : List.copyOf(files.values())) {
            UUID group = file.descriptor().groupId();
            boolean opened = directory.holdsGroup(group); // else REMOVED, or CREATING: whoever creates it asks again
            if (opened && file.founds() && groups.isUnconfigured(group)) {
                // crashed before its first configuration entry: Ratis forgot the members, the vote is kept
                reopen(file);
            }
        }
    }

    /** As {@link RatisShardHost#reopen}. */
    synchronized void reopen(ShardId shard) throws IOException {
        for (ShardFile file : lives(shard)) {
            if (file.state() == ShardFile.State.OPEN) {
                reopen(file);
            }
        }
    }

    /** Where it fails, it is tried again until it works: nobody else would, and the shard would stay closed until a restart. */
    private void reopen(ShardFile file) throws IOException {
        UUID group = file.descriptor().groupId();
        Served before = served.get(group);
        reopening.done(group);
        try {
            if (before != null) {
                close(group, before);
            }
            directory.scanLog(group);
            addGroup(file, false);
        } catch (IOException | RuntimeException e) {
            reopening.want(group);
            throw e;
        }
    }

    /** Closes a shard's Raft group and answers whoever waits for it. */
    private void close(UUID group, Served hosted) throws IOException {
        hosted.shard().close();
        groups.remove(group);
        hosted.shard().abandon();
    }

    /** From now on a shard is to be opened anew, until that works; may be repeated. */
    void wantReopened(UUID group) {
        reopening.want(group);
    }

    /** True if the caller shall now call {@link #reopenWanted}, on a thread that may block. */
    boolean beginsReopening(long nowNanos) {
        return reopening.begins(nowNanos);
    }

    void reopenWanted() {
        reopening.tryDue(reopened);
    }

    private String nameOf(UUID group) {
        return Optional.ofNullable(files.get(group))
                .map(file -> file.descriptor().shard().value())
                .orElse(group.toString());
    }

    /** Opens what ran out of space, must not lead, or could not be opened; says why if it must be tried again. */
    private synchronized Optional<String> tryToReopen(UUID group) {
        ShardFile file = files.get(group);
        if (file == null || file.state() != ShardFile.State.OPEN) {
            return Optional.empty();
        }
        try {
            reopen(file);
            log.info("[{}/{}] opened anew", config.self(), file.descriptor().shard());
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(e.toString());
        }
    }

    /** As {@link RatisShardHost#holdEntry}. */
    synchronized Optional<ParkedEntry> holdEntry(UUID group, Lsn lsn, int attempt) throws IOException {
        Served shard = served.get(group);
        if (shard == null) {
            throw new SkipRefusedException("does not serve it", true);
        }
        return shard.skips().hold(lsn, attempt);
    }

    /** As {@link RatisShardHost#settleEntry}. */
    synchronized void settleEntry(UUID group, EntryMark mark) throws IOException {
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

    /** What this replica was told about single entries. */
    EntryMarks marks(UUID group) {
        try {
            return EntryMarks.open(directory.marks(group));
        } catch (IOException e) {
            throw new UncheckedIOException("the marks of group " + group + " cannot be read", e);
        }
    }

    /** As {@link RatisShardHost#found}. */
    synchronized void found(ShardDescriptor descriptor) throws IOException {
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

    /** As {@link RatisShardHost#join}. */
    synchronized void join(ShardDescriptor descriptor) throws IOException {
        open(descriptor, false);
    }

    private void open(ShardDescriptor descriptor, boolean founds) throws IOException {
        checkOffered(descriptor);
        ShardFile known = files.get(descriptor.groupId());
        if (known != null && known.state() == ShardFile.State.OPEN) {
            if (!served.containsKey(descriptor.groupId())) {
                reopen(known); // its removal broke off before anything was deleted
            }
            return;
        }
        if (known != null && known.state() == ShardFile.State.REMOVING) {
            remove(known); // broke off: what it left is no beginning for the next
            known = files.get(descriptor.groupId());
        }
        Optional<PeerMemory> memory = Optional.ofNullable(known).flatMap(ShardFile::memory);
        if (memory.filter(PeerMemory::isLost).isPresent()) {
            throw new IOException(config.self() + " was removed from shard " + descriptor.shard()
                    + " when what it had promised there could not be read any more: it cannot come back under its identity;"
                    + " wipe its data directory and add it as a new peer");
        }
        endOtherLives(descriptor);
        boolean resumed = known != null && known.state() == ShardFile.State.CREATING;
        ShardFile file = new ShardFile(descriptor, ShardFile.State.CREATING, resumed ? known.founds() : founds, memory);
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

    private void checkOffered(ShardDescriptor descriptor) throws IOException {
        if (!descriptor.cluster().equals(config.cluster())) {
            throw new IOException("shard " + descriptor.shard() + " is of cluster " + descriptor.cluster()
                    + ", this node is of " + config.cluster());
        }
        if (descriptor.peers().stream().anyMatch(peer -> !peer.role().holdsData())) {
            throw new IOException("shard " + descriptor.shard()
                    + " has a member without data, which Ratis would make a full voter: witnesses are not offered yet");
        }
        config.applications().create(descriptor.application());
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
            Served unopened = served.get(group);
            served.compute(group, (key, made) -> before);
            if (unopened != null && unopened != before) {
                unopened.shard().neverOpened(e);
            }
            throw e;
        }
    }

    /** As {@link RatisShardHost#remove(ShardId, Generation)}. */
    synchronized void remove(ShardId shard, Generation last) throws IOException {
        for (ShardFile file : lives(shard)) {
            if (file.descriptor().generation().compareTo(last) <= 0) {
                remove(file);
            }
        }
    }

    /** As {@link RatisShardHost#remove(ShardDescriptor)}. */
    synchronized void remove(ShardDescriptor descriptor) throws IOException {
        remove(descriptor.shard(), descriptor.generation());
        boolean noted = lives(descriptor.shard()).stream()
                .anyMatch(file -> file.descriptor().generation().compareTo(descriptor.generation()) >= 0);
        if (!noted) {
            endOtherLives(descriptor);
            ShardFile never = new ShardFile(descriptor, ShardFile.State.REMOVED, false, Optional.empty());
            directory.write(never);
            files.put(descriptor.groupId(), never);
        }
    }

    /** What this peer promised in the group is remembered before anything is deleted. */
    private void remove(ShardFile file) throws IOException {
        if (file.state() == ShardFile.State.REMOVED) {
            return;
        }
        UUID group = file.descriptor().groupId();
        Served hosted = served.get(group);
        if (hosted != null) {
            close(group, hosted);
            served.remove(group);
        }
        ShardFile removing = file;
        if (file.state() != ShardFile.State.REMOVING) {
            removing = file.remembering(directory.memoryOf(group)).withState(ShardFile.State.REMOVING);
            directory.write(removing);
            files.put(group, removing);
        }
        files.put(group, directory.delete(removing));
        log.info("[{}/{}] removed", config.self(), file.descriptor().shard());
    }
}
