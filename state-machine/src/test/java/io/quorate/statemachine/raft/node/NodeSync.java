package io.quorate.statemachine.raft.node;

import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.RaftSync;

/** The sync hooks of one node and the ports that the log and the installed snapshots sync their directories through. */
public record NodeSync(RaftSync raftSync, DirectorySync log, DirectorySync snapshots) {}
