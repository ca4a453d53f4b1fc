package io.quorate.statemachine.raft.node;

import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.RaftSync;
import java.util.function.Consumer;
import org.apache.ratis.conf.Parameters;

/**
 * The sync hooks of one node and the ports that the log and the installed snapshots sync their directories through.
 *
 * @param install puts the hooks on the server's port: all of them, or what a test leaves of them
 * @param settles whether a leader looks at its log before it begins, and acknowledgements wait for the disk
 */
public record NodeSync(
        RaftSync raftSync, Consumer<Parameters> install, boolean settles, DirectorySync log, DirectorySync snapshots) {
    /** All hooks. */
    public NodeSync(RaftSync raftSync, DirectorySync log, DirectorySync snapshots) {
        this(raftSync, raftSync::install, true, log, snapshots);
    }
}
