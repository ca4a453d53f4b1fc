package io.quorate.cli.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.cli.tls.TlsException.Part;
import io.quorate.statemachine.raft.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsMaterialTest {
    @TempDir
    private static Path directory;

    private static TlsFiles good;

    @BeforeAll
    static void makeCertificate() throws Exception {
        good = TestCertificates.make(directory, "good", "EC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void commonKindsOfKeysAreLoaded(String algorithm) throws Exception {
        TlsMaterial material = TlsMaterial.load(TestCertificates.make(directory, "kind-" + algorithm, algorithm));
        assertThat(material.chain()).hasSize(1);
        assertThat(material.trusted()).hasSize(1);
        assertThat(material.context().getProtocol()).isEqualTo("TLS");
    }

    @Test
    void aMissingFileIsNamed() {
        Path nowhere = directory.resolve("nowhere.crt");
        assertRefused(new TlsFiles(nowhere, good.privateKey(), good.trusted(), true), Part.CERTIFICATE, "nowhere.crt");
        assertRefused(new TlsFiles(good.certificate(), nowhere, good.trusted(), true), Part.KEY, "nowhere.crt");
        assertRefused(new TlsFiles(good.certificate(), good.privateKey(), nowhere, true), Part.CA, "nowhere.crt");
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws Exception {
        Path empty = Files.writeString(directory.resolve("empty.crt"), "");
        Path noise = Files.writeString(directory.resolve("noise.crt"), "no certificate\n");
        assertRefused(new TlsFiles(empty, good.privateKey(), good.trusted(), true), Part.CERTIFICATE, "empty.crt");
        assertRefused(new TlsFiles(good.certificate(), good.privateKey(), noise, true), Part.CA, "noise.crt");
    }

    @Test
    void aKeyOfAnotherFormIsRefusedWithTheWayToConvertIt() throws Exception {
        Path old = Files.writeString(
                directory.resolve("old.key"), "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n");
        assertRefused(new TlsFiles(good.certificate(), old, good.trusted(), true), Part.KEY, "openssl pkcs8");
        Path broken = Files.writeString(
                directory.resolve("broken.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertRefused(new TlsFiles(good.certificate(), broken, good.trusted(), true), Part.KEY, "broken.key");
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() throws Exception {
        TlsFiles other = TestCertificates.make(directory, "other", "EC");
        assertRefused(
                new TlsFiles(good.certificate(), other.privateKey(), good.trusted(), true),
                Part.KEY,
                "not the key of the certificate");
        TlsFiles rsa = TestCertificates.make(directory, "rsa", "RSA");
        assertRefused(new TlsFiles(good.certificate(), rsa.privateKey(), good.trusted(), true), Part.KEY, "EC key");
    }

    @Test
    void aCertificateOutOfDateIsRefused() throws Exception {
        TlsFiles past = TestCertificates.make(
                directory, "past", "EC", List.of("-startdate", "2020/01/01 00:00:00", "-validity", "10"));
        assertRefused(past, Part.CERTIFICATE, "2020-01-11");
    }

    private static void assertRefused(TlsFiles files, Part part, String message) {
        assertThatThrownBy(() -> TlsMaterial.load(files))
                .isInstanceOfSatisfying(
                        TlsException.class, e -> assertThat(e.part()).isEqualTo(part))
                .hasMessageContaining(message);
    }
}
