/**
 * Quorate itself as a system under test: three node processes, shards with the key-value application.
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.quorate;
