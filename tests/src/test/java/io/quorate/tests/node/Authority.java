package io.quorate.tests.node;

import io.quorate.statemachine.raft.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** A certificate authority that signs certificates for 127.0.0.1, with the JDK's keytool, as PEM files. */
final class Authority {
    private static final String PASSWORD = "password";

    private final Path directory;
    private final String name;

    /** @param name of the authority, unique in the directory */
    Authority(Path directory, String name) throws IOException, InterruptedException {
        this.directory = directory;
        this.name = name;
        keytool("-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c");
    }

    /** A certificate for somebody, and the key. Whoever has these files trusts this authority, and wants others to be trusted by it. */
    TlsFiles sign(String subject) throws IOException, InterruptedException, GeneralSecurityException {
        keytool("-alias", subject, "-dname", "CN=" + subject, "-ext", "san=ip:127.0.0.1", "-signer", "ca");
        KeyStore keys = load();
        Certificate[] chain = keys.getCertificateChain(subject);
        Path certificates = pem(subject + ".crt", "CERTIFICATE", encoded(chain));
        Path key = pem(
                subject + ".key",
                "PRIVATE KEY",
                List.of(keys.getKey(subject, PASSWORD.toCharArray()).getEncoded()));
        Path trusted = pem("ca.crt", "CERTIFICATE", encoded(keys.getCertificate("ca")));
        return new TlsFiles(certificates, key, trusted, true);
    }

    private static List<byte[]> encoded(Certificate... certificates) throws GeneralSecurityException {
        List<byte[]> all = new ArrayList<>();
        for (Certificate certificate : certificates) {
            all.add(certificate.getEncoded());
        }
        return all;
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private Path store() {
        return directory.resolve(name + ".p12");
    }

    private Path pem(String file, String kind, List<byte[]> contents) throws IOException {
        Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return Files.writeString(
                directory.resolve(name + "-" + file),
                contents.stream()
                        .map(content -> "-----BEGIN " + kind + "-----\n" + base64.encodeToString(content)
                                + "\n-----END " + kind + "-----\n")
                        .collect(Collectors.joining()));
    }

    private void keytool(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store().toString(),
                "-storepass",
                PASSWORD));
        command.addAll(Arrays.asList(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
    }
}
