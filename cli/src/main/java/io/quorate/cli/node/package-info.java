/**
 * The node daemon: its configuration from one YAML file, and its life from start to drained stop.
 *
 * <p>Guarantees: a configuration is either valid as a whole or refused with every problem named by file and line, before anything
 * is opened; without TLS nothing is served beyond the loopback interface. API: internal, the file format is stable.
 */
package io.quorate.cli.node;
