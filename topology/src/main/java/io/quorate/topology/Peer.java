package io.quorate.topology;

import java.util.Objects;

/**
 * A member of a shard's group.
 *
 * @param id node and incarnation
 * @param address {@code host:port} at which the node serves consensus and clients
 * @param role what it does in the shard
 */
public record Peer(PeerId id, String address, Role role) {
    public Peer {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(role, "role");
        checkAddress(address);
    }

    /** Refuses what is not {@code host:port} with a port of 1 to 65535. */
    public static String checkAddress(String address) {
        Objects.requireNonNull(address, "address");
        int colon = address.lastIndexOf(':');
        try {
            int port = colon < 1 ? -1 : Integer.parseInt(address.substring(colon + 1));
            if (port >= 1 && port <= 65535) {
                return address;
            }
        } catch (NumberFormatException notAPort) {
            throw new IllegalArgumentException("address '" + address + "': port is not a number", notAPort);
        }
        throw new IllegalArgumentException("address '" + address + "' is not host:port with a port of 1 to 65535");
    }

    /** The same peer in another role. */
    public Peer withRole(Role newRole) {
        return new Peer(id, address, newRole);
    }
}
