/**
 * What the processes of {@code quorate} log, and where: standard error, one line an event. Ratis is kept at warnings, repeated ones
 * are counted instead of printed. A file that {@code -Dlogback.configurationFile}
 * names, replaces all of this. API: internal.
 */
package io.quorate.cli.logging;
