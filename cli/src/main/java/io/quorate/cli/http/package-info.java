/**
 * What a node shows over HTTP: {@code /metrics} for Prometheus, {@code /health} and {@code /ready} as JSON.
 *
 * <p>Guarantees: reading only, nothing here changes a shard; bounded threads and connections, so that a slow reader holds up
 * neither the node nor other readers for longer than the request limit; a shard that cannot even be asked is reported as a
 * problem, not left out. API: internal, paths and JSON fields are stable.
 */
package io.quorate.cli.http;
