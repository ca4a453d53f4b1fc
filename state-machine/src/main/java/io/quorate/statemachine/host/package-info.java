/**
 * What a node serves: shards, found by name, each a replicated log with an application behind it. Ports that the transport and
 * the operator's tools talk to; how a shard is replicated is not visible here.
 *
 * <p>API: stable.
 */
package io.quorate.statemachine.host;
