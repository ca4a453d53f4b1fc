package io.quorate.statemachine.raft;

import java.nio.file.Path;
import java.util.Objects;

/**
 * TLS by files in PEM format, for consensus, clients and operators alike.
 *
 * @param certificate chain of this node
 * @param privateKey its key, PKCS #8
 * @param trusted certificates of the authorities whose peers are trusted
 * @param mutual true if clients and peers must show a certificate, too
 */
public record TlsFiles(Path certificate, Path privateKey, Path trusted, boolean mutual) {
    public TlsFiles {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(privateKey, "privateKey");
        Objects.requireNonNull(trusted, "trusted");
    }
}
