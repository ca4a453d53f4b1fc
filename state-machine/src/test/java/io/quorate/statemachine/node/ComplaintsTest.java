package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComplaintsTest {
    private final Complaints complaints = new Complaints();

    private boolean said(String about, String complaint) {
        boolean isNew = complaints.isNew(about, complaint);
        complaints.endPass();
        return isNew;
    }

    @Test
    void theSameIsSaidOnceAsLongAsItLasts() {
        assertThat(said("a", "down")).isTrue();
        assertThat(said("a", "down")).isFalse();
        assertThat(said("a", "full")).isTrue();
        assertThat(said("b", "full")).isTrue();
        assertThat(said("a", "full")).as("it was over meanwhile").isTrue();
    }
}
