package io.quorate.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback ports that nobody listens on at this moment, and that the system gives to nobody who does not ask for them: while a process
 * is down, an outgoing connection could take its port otherwise, even one that tries to reach it.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 65_535;
    private static final int TRIES = 10_000;
    /** First and last port of outgoing connections. */
    private static final Path OUTGOING = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    /** What IANA reserves for them, where the system does not say. */
    private static final String USUALLY_OUTGOING = "49152 65535";

    private FreePorts() {}

    /**
     * Picks distinct ports of 127.0.0.1. Another process may take one before it is used; then binding it fails by name and the
     * caller picks again.
     */
    public static List<Integer> pick(int count) {
        Set<Integer> picked = new LinkedHashSet<>();
        int[] outgoing = outgoing();
        for (int tries = 0; picked.size() < count; tries++) {
            if (tries == TRIES) {
                throw new IllegalStateException("no " + count + " free ports on the loopback address after " + tries
                        + " tries outside of " + outgoing[0] + " to " + outgoing[1]);
            }
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            if ((port < outgoing[0] || port > outgoing[1]) && isFree(port)) {
                picked.add(port);
            }
        }
        return List.copyOf(picked);
    }

    private static int[] outgoing() {
        String range;
        try {
            range = Files.readAllLines(OUTGOING).get(0); // in one read: the kernel gives no second one
        } catch (NoSuchFileException anotherSystem) {
            range = USUALLY_OUTGOING;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + OUTGOING, e);
        }
        String[] bounds = range.strip().split("\\s+");
        return new int[] {Integer.parseInt(bounds[0]), Integer.parseInt(bounds[1])};
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
