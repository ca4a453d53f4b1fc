/**
 * Quorate itself as a system under test: three node processes, one shard with the key-value application.
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.quorate;
