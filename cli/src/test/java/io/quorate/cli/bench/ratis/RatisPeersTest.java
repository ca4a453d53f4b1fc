package io.quorate.cli.bench.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.apache.ratis.protocol.RaftPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatisPeersTest {
    @Test
    void peersOnLoopbackPortsAreReadBack() {
        String text = RatisPeers.onLoopback(List.of(4001, 4002));

        assertThat(text).isEqualTo("s1=127.0.0.1:4001,s2=127.0.0.1:4002");
        assertThat(RatisPeers.group(text).getPeers())
                .extracting(RaftPeer::getAddress)
                .containsExactlyInAnyOrder("127.0.0.1:4001", "127.0.0.1:4002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s1", "s1=", "=127.0.0.1:1", "s1=127.0.0.1", "s1=127.0.0.1:port", "s1=a:1,"})
    void anythingElseIsRefused(String peers) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RatisPeers.group(peers))
                .withMessageContaining("not ID=HOST:PORT");
    }
}
