package io.quorate.statemachine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.netty.channel.DefaultEventLoop;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientLoopTest {
    private final EventLoop thread = new DefaultEventLoop();
    private final ClientLoop loop = new ClientLoop(ClientConfig.of("127.0.0.1:1"), thread);

    @AfterEach
    void stop() {
        thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void anErrorEndsItsTurnAndNothingElse() throws Exception {
        Runnable failing = () -> {
            throw new OutOfMemoryError("in a test");
        };
        assertThatCode(() -> thread.submit(() -> loop.turn(failing)).get(20, TimeUnit.SECONDS))
                .doesNotThrowAnyException();
        assertThat(thread.submit(loop::now).get(20, TimeUnit.SECONDS)).isNotZero();
    }
}
