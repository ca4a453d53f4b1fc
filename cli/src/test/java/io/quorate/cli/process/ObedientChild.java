package io.quorate.cli.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** A child for tests: says what it was given, says that it is ready, then counts into a file, or ends when told to. */
public final class ObedientChild {
    private ObedientChild() {}

    public static void main(String[] args) throws IOException {
        System.out.println("args " + String.join(",", args) + " greeting " + System.getenv("GREETING"));
        System.out.println("property " + System.getProperty("child.property"));
        if (args[0].equals("fail")) {
            System.err.println("cannot start: told to fail");
            System.exit(3);
        }
        ParentWatch.haltWhenParentGone();
        System.out.println("ready on " + args[0]);
        try (FileOutputStream counter = new FileOutputStream(args[0])) {
            while (true) {
                counter.write(1);
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
