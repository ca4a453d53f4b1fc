/** What an embedder does: the state machine alone in a Raft server of their own. */
package io.quorate.tests.embedding;
