package io.quorate.statemachine.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Why a connection or call failed, in words, and what its user can do where that shows. Pure.
 *
 * @param text one line; no class names
 * @param settings whether the settings of one side are wrong, so that trying again cannot help
 */
public record ConnectionProblem(String text, boolean settings) {
    private static final String NOISE = "io exception";
    /** How the transport begins what the system told it. */
    private static final Pattern SYSTEM_CALL =
            Pattern.compile("^[\\w:]+\\(\\.\\.\\) failed( with error\\(-?\\d+\\))?: ");

    /** What shows in a failure, in lower case, and what it means for the user. */
    private record Sign(String part, String advice) {}

    private static final List<Sign> WRONG_SETTINGS = List.of(
            new Sign(
                    "hex dump for first 5 bytes: 485454502f",
                    "this is a port for HTTP: use the one that the node's 'listen' names"),
            new Sign(
                    "hex dump for first 5 bytes: 15030",
                    "the node speaks TLS: give the client its TLS files (--tls-ca)"),
            new Sign("not an ssl/tls record", "the node speaks no TLS: leave the client's TLS files out (--tls-ca)"),
            new Sign(
                    "unable to find valid certification path",
                    "who signed the node's certificate is not trusted (--tls-ca)"),
            new Sign("certificate_verify_failed", "who signed the node's certificate is not trusted (--tls-ca)"),
            new Sign("path does not chain", "who signed the node's certificate is not trusted (--tls-ca)"),
            new Sign("no subject alternative", "the node's certificate is for another address than the one asked"),
            new Sign("no name matching", "the node's certificate is for another address than the one asked"),
            new Sign(
                    "certificate_required",
                    "the node wants a certificate of the client, signed by whom it trusts (--tls-cert, --tls-key)"),
            new Sign(
                    "bad_certificate",
                    "the node wants a certificate of the client, signed by whom it trusts (--tls-cert, --tls-key)"),
            new Sign("certificate_unknown", "the node does not trust who signed the client's certificate (--tls-cert)"),
            new Sign("unknown_ca", "the node does not trust who signed the client's certificate (--tls-cert)"));

    private static final List<String> CLOSED_EARLY =
            List.of("network closed for unknown reason", "connection reset", "connection closed", "end of stream");

    /**
     * @param reached whether the node took the call; if not, the connection itself failed
     */
    public static ConnectionProblem of(Status status, boolean reached) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return new ConnectionProblem(reached ? "no answer in time" : "it cannot be reached in time", false);
        }
        String text = words(status);
        String lower = (text + causes(status.getCause())).toLowerCase(Locale.ROOT);
        for (Sign sign : WRONG_SETTINGS) {
            if (!reached && lower.contains(sign.part())) {
                return new ConnectionProblem(sign.advice(), true);
            }
        }
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            return new ConnectionProblem(
                    "what listens there is no node of a cluster of Quorate, or one of another version", true);
        }
        if (!reached && CLOSED_EARLY.stream().anyMatch(lower::contains)) {
            return new ConnectionProblem(
                    text + "; where the node speaks TLS, the client needs its TLS files (--tls-ca)", false);
        }
        return new ConnectionProblem(text, false);
    }

    /** The status down to the first cause, without what says nothing to a user. */
    private static String words(Status status) {
        List<String> parts = new ArrayList<>();
        String description = status.getDescription();
        if (description != null && !description.equals(NOISE)) {
            parts.add(description);
        }
        Throwable root = root(status.getCause());
        if (root != null && root.getMessage() != null) {
            parts.add(SYSTEM_CALL.matcher(root.getMessage()).replaceFirst(""));
        }
        if (parts.isEmpty() || status.getCode() != Status.Code.UNAVAILABLE) {
            parts.add(0, status.getCode().toString());
        }
        return String.join(": ", parts);
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    private static String causes(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 16; depth++) {
            text.append(' ').append(cause.getMessage());
            cause = cause.getCause();
        }
        return text.toString();
    }
}
