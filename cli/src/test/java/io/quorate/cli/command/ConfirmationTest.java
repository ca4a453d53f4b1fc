package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfirmationTest {
    private final List<String> questions = new ArrayList<>();

    private Confirmation answering(String answer) {
        return new Confirmation(Optional.of(question -> {
            questions.add(question);
            return answer;
        }));
    }

    @Test
    void onlyAWholeYesGoesOn() {
        assertThatCode(() -> answering(" yes ").require(false, "all is lost")).doesNotThrowAnyException();
        assertThat(questions).containsExactly("all is lost. Type 'yes' to go on: ");
        for (String answer : List.of("y", "no", "")) {
            assertThatThrownBy(() -> answering(answer).require(false, "all is lost"))
                    .isInstanceOfSatisfying(
                            CommandFailure.class, e -> assertThat(e.code()).isEqualTo(ExitCode.REFUSED));
        }
    }

    @Test
    void whoeverHasConfirmedIsNotAsked() {
        answering("no").require(true, "all is lost");
        assertThat(questions).isEmpty();
    }

    @Test
    void whereNobodyCanBeAskedTheOptionIsNamed() {
        for (Confirmation nobody : List.of(new Confirmation(Optional.empty()), answering(null))) {
            assertThatThrownBy(() -> nobody.require(false, "all is lost"))
                    .isInstanceOfSatisfying(
                            CommandFailure.class, e -> assertThat(e.code()).isEqualTo(ExitCode.USAGE))
                    .hasMessage("all is lost; repeat with --yes if that is wanted");
        }
    }
}
