/**
 * The demonstration: three real node processes, a real file, a killed leader, a peer added, a peer removed, and a comparison of
 * everything byte for byte.
 *
 * <p>API: internal.
 */
package io.quorate.cli.demo;
