package io.quorate.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void portsAreDistinctAndCanBeBoundOnLoopback() throws Exception {
        List<Integer> ports = FreePorts.pick(5);

        assertThat(ports).hasSize(5).doesNotHaveDuplicates().allMatch(p -> p > 0 && p < 65536);
        for (int port : ports) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(socket.getLocalPort()).isEqualTo(port);
            }
        }
    }

    /** A connection to a port that nobody listens on could be given that very port, and would keep its owner from coming back. */
    @Test
    void noPortIsOfThoseThatOutgoingConnectionsAreGiven() throws IOException {
        Path range = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
        assumeThat(range).exists();
        String[] bounds = Files.readAllLines(range).get(0).split("\\s+");
        assertThat(FreePorts.pick(500))
                .allMatch(port -> port < Integer.parseInt(bounds[0]) || port > Integer.parseInt(bounds[1]));
    }
}
