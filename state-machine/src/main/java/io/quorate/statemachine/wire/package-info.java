/**
 * The messages between a client and a node, as bytes; pure: no transport is visible here.
 *
 * <p>One message carries many requests, in both directions: appends of one shard, concern and timeout share one header, and
 * answers to consecutive requests that differ in nothing but consecutive LSNs share one run. Guarantees: frames are covered by
 * a checksum of the message, records by their own, made by the writer and never recomputed; decoders accept any bytes and
 * answer with a value or a {@link io.quorate.wal.log.CorruptFormatException}; unknown versions, kinds and flags are refused by
 * name. API: internal, the format is versioned.
 */
package io.quorate.statemachine.wire;
