package io.quorate.statemachine.service;

import org.apache.ratis.thirdparty.io.grpc.Status;

/** What a broken connection's status is, in words: its code, and why, down to the first cause ("Connection refused"). */
public final class StatusText {
    private StatusText() {}

    public static String of(Status status) {
        return ConnectionProblem.of(status, true).text();
    }
}
