/**
 * The {@code quorate} command: one class a command, and what they share (output as text or JSON, exit codes, error messages).
 *
 * <p>Guarantees: with {@code --json} standard output carries JSON and nothing else, errors included; exit codes are those of
 * {@link io.quorate.cli.command.ExitCode}; every command has a description and examples that parse. API: internal.
 */
package io.quorate.cli.command;
