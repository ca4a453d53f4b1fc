/** Real power loss under a Ratis group: a file system on a loop device is shut down, and what was never synced is gone. */
package io.quorate.statemachine.raft.power;
