package io.quorate.cli.process;

import java.io.IOException;
import java.io.InputStream;

/**
 * Run inside a child: ends it when its parent is gone.
 *
 * <p>{@link ChildProcess} keeps the child's standard input open and never writes to it, so its end means that the parent
 * ended, also by {@code kill -9}, where no shutdown hook runs.
 */
public final class ParentWatch {
    private ParentWatch() {}

    /** Starts a daemon thread that runs the action once when the stream ends or fails. */
    public static Thread onParentGone(InputStream parent, Runnable action) {
        Thread watch = new Thread(() -> {
            awaitEnd(parent);
            action.run();
        });
        watch.setName("parent-watch");
        watch.setDaemon(true);
        watch.start();
        return watch;
    }

    /** Halts this JVM, with status 1 and without shutdown hooks, when the process that started it is gone. */
    public static void haltWhenParentGone() {
        onParentGone(System.in, () -> Runtime.getRuntime().halt(1));
    }

    /** A pipe that fails says the same as one that ends: nobody is at the other side. */
    private static void awaitEnd(InputStream parent) {
        boolean open = true;
        while (open) {
            try {
                open = parent.read() >= 0;
            } catch (IOException broken) {
                open = false;
            }
        }
    }
}
