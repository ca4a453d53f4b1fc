package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PeerLinksTest {
    private static final String A = "127.0.0.1:9001";

    private final List<CompletableFuture<Void>> asked = new ArrayList<>();
    private final List<String> silent = new ArrayList<>();
    private final List<String> back = new ArrayList<>();
    private List<String> addresses = List.of(A);
    private final PeerLinks links = new PeerLinks(() -> addresses, this::ask, silent::add, back::add);

    private CompletableFuture<Void> ask(String address) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private void look(boolean... answered) {
        for (boolean yes : answered) {
            links.look();
            CompletableFuture<Void> last = asked.get(asked.size() - 1);
            if (yes) {
                last.complete(null);
            } else {
                last.completeExceptionally(new ConnectException("refused"));
            }
        }
        links.look();
    }

    @Test
    void aNodeThatAlwaysAnswersIsNeitherSilentNorBack() {
        look(true, true, true);
        assertThat(silent).isEmpty();
        assertThat(back).isEmpty();
    }

    @Test
    void oneSignOfLifeThatDidNotComeMeansNothing() {
        look(true, false, true);
        assertThat(silent).containsExactly(A);
        assertThat(back).isEmpty();
    }

    @Test
    void aNodeThatAnswersAfterItWasLostIsBackOnce() {
        look(true, false, false, false, true, true);
        assertThat(silent).hasSize(3);
        assertThat(back).containsExactly(A);
    }

    @Test
    void thereIsOneQuestionAtATime() {
        links.look();
        links.look();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aNodeThatMattersNoMoreIsForgotten() {
        look(false, false);
        addresses = List.of();
        links.look();
        addresses = List.of(A);
        look(true, true);
        assertThat(back).isEmpty();
    }
}
