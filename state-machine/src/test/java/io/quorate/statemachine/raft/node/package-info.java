/** A plain Ratis server for tests of what happens on its disk: real gRPC on loopback, real files, a state machine that keeps notes. */
package io.quorate.statemachine.raft.node;
