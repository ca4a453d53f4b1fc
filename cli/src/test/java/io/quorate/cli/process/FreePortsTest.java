package io.quorate.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
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
}
