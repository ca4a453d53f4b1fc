/**
 * What the processes of {@code quorate} log, and where: standard error, one line an event. Ratis is kept at warnings, repeated ones
 * are counted instead of printed. A {@code logback.xml} on the class path, or the one that {@code -Dlogback.configurationFile}
 * names, replaces all of this. API: internal.
 */
package io.quorate.cli.logging;
