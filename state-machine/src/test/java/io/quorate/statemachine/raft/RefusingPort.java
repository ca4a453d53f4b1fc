package io.quorate.statemachine.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A port at which each connection ends at once: nobody can talk to who should be there. Counts who tries. */
final class RefusingPort implements AutoCloseable {
    private final ServerSocket socket;
    private final AtomicInteger attempts = new AtomicInteger();

    RefusingPort() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
        Thread thread = new Thread(this::refuse, "refusing-port");
        thread.setDaemon(true);
        thread.start();
    }

    private void refuse() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                attempts.incrementAndGet();
                connection.close();
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException("cannot accept connections at " + address(), e);
                }
            }
        }
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Connections that were made so far. */
    int attempts() {
        return attempts.get();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the port", e);
        }
    }
}
