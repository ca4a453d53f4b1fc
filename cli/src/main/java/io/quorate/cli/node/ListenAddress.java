package io.quorate.cli.node;

import io.quorate.topology.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * Where a server listens.
 *
 * @param host name or address, without brackets
 * @param port 1 to 65535
 */
public record ListenAddress(String host, int port) {
    public ListenAddress {
        Objects.requireNonNull(host, "host");
        if (host.isBlank() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("address '" + host + "', port " + port);
        }
    }

    /** Parses {@code host:port}; an IPv6 address stands in brackets. */
    public static ListenAddress parse(String text) {
        Peer.checkAddress(text);
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("address '" + text + "': put the IPv6 address in brackets");
        }
        return new ListenAddress(host, Integer.parseInt(text.substring(colon + 1)));
    }

    /**
     * The address to bind.
     *
     * @throws IllegalArgumentException if the host has no address
     */
    public InetSocketAddress resolve() {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("host '" + host + "' has no address", e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
