package io.quorate.cli.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A child for tests that has a child of its own and says its id; leaves by System.exit when asked to. */
public final class GrandParent {
    private GrandParent() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        ProcessCluster cluster = ProcessCluster.open(Path.of(args[0]), false);
        ChildProcess child =
                cluster.start(JavaProcessSpec.of("grandchild", ObedientChild.class, cluster.logOf("grandchild"))
                        .withArgs(List.of(cluster.directory().resolve("count").toString())));
        child.awaitLine("ready on", Duration.ofSeconds(60));
        System.out.println("grandchild " + child.pid());
        if (args[1].equals("exit")) {
            System.exit(0);
        }
        while (true) {
            LockSupport.park();
        }
    }
}
