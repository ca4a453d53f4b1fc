package io.quorate.cli.tls;

import java.util.Locale;
import java.util.Objects;

/** TLS material was refused; the message names the file, what is wrong with it and what to do. */
public final class TlsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Part part;

    public TlsException(Part part, String message, Throwable cause) {
        super(message, cause);
        this.part = Objects.requireNonNull(part, "part");
    }

    public Part part() {
        return part;
    }

    /** Which of the files. */
    public enum Part {
        CERTIFICATE,
        KEY,
        CA;

        /** Its name in the configuration. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
