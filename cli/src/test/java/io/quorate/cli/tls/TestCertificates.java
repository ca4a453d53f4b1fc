package io.quorate.cli.tls;

import io.quorate.statemachine.raft.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Makes self-signed certificates for 127.0.0.1 with the JDK's keytool, as PEM files. */
public final class TestCertificates {
    private static final char[] PASSWORD = "password".toCharArray();

    private TestCertificates() {}

    /** Files {@code name.crt} and {@code name.key}, valid today; the certificate is its own authority. */
    public static TlsFiles make(Path directory, String name, String algorithm) throws Exception {
        return make(directory, name, algorithm, List.of());
    }

    /** The same with more options for keytool, for example another period of validity. */
    public static TlsFiles make(Path directory, String name, String algorithm, List<String> options)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(options);
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        Path certificate = pem(
                directory.resolve(name + ".crt"),
                "CERTIFICATE",
                keys.getCertificate("own").getEncoded());
        Path key = pem(
                directory.resolve(name + ".key"),
                "PRIVATE KEY",
                keys.getKey("own", PASSWORD).getEncoded());
        return new TlsFiles(certificate, key, certificate, true);
    }

    private static Path pem(Path file, String kind, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}
