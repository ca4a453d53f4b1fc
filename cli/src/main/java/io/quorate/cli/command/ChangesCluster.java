package io.quorate.cli.command;

/** Marks commands that change something: where no answer comes, the change may have happened nevertheless. */
interface ChangesCluster {}
