package io.quorate.statemachine.service;

import org.apache.ratis.thirdparty.io.grpc.Status;

/** What a transport error is, in words: its code, and why, down to the first cause ("Connection refused"). */
public final class StatusText {
    private StatusText() {}

    public static String of(Status status) {
        StringBuilder text = new StringBuilder(status.getCode().toString());
        if (status.getDescription() != null) {
            text.append(": ").append(status.getDescription());
        }
        Throwable root = status.getCause();
        while (root != null && root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root != null) {
            text.append(": ").append(root.getMessage() == null ? root.toString() : root.getMessage());
        }
        return text.toString();
    }
}
