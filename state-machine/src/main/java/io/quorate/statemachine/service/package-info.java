/**
 * What a node serves on its port, over gRPC: the client stream (appends, queries, locating shards) and administrative calls. Built on the gRPC that Ratis carries, so that consensus, clients and operators share one
 * port; messages are bytes of {@link io.quorate.statemachine.wire}, no protobuf.
 *
 * <p>Guarantees: what a stream holds in memory is bounded by its credit, whatever the client does; a failing request fails
 * alone; a malformed message ends its stream with a status that says why, and nothing else.
 *
 * <p>API: internal, but for {@link io.quorate.statemachine.service.AdminException}.
 */
package io.quorate.statemachine.service;
