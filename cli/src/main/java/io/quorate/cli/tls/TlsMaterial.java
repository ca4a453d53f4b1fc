package io.quorate.cli.tls;

import io.quorate.cli.tls.TlsException.Part;
import io.quorate.statemachine.raft.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Loaded TLS material: a certificate chain, its key, and whom to trust.
 *
 * @param chain own certificate first
 * @param key of the first certificate
 * @param trusted at least one
 * @param mutual whether others must show a certificate, too
 */
public record TlsMaterial(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> trusted, boolean mutual) {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    public TlsMaterial {
        chain = List.copyOf(chain);
        trusted = List.copyOf(trusted);
    }

    /**
     * Reads and checks the files.
     *
     * @throws TlsException naming the part and the file
     */
    public static TlsMaterial load(TlsFiles files) {
        List<X509Certificate> chain = certificates(Part.CERTIFICATE, files.certificate());
        List<X509Certificate> trusted = loadTrusted(files.trusted());
        X509Certificate own = chain.get(0);
        try {
            own.checkValidity();
        } catch (CertificateException e) {
            throw new TlsException(
                    Part.CERTIFICATE,
                    files.certificate() + " is valid from " + own.getNotBefore().toInstant() + " to "
                            + own.getNotAfter().toInstant() + ", not now",
                    e);
        }
        PrivateKey key = privateKey(files.privateKey(), own.getPublicKey());
        return new TlsMaterial(chain, key, trusted, files.mutual());
    }

    /**
     * Reads the certificates to trust.
     *
     * @throws TlsException naming the file
     */
    public static List<X509Certificate> loadTrusted(Path ca) {
        return certificates(Part.CA, ca);
    }

    /** A context for servers and clients that shows the chain and trusts {@link #trusted} only. */
    public SSLContext context() {
        try {
            KeyStore own = emptyStore();
            own.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            KeyStore others = emptyStore();
            for (int i = 0; i < trusted.size(); i++) {
                others.setCertificateEntry("ca" + i, trusted.get(i));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(others);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JVM cannot make a TLS context", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<X509Certificate> certificates(Part part, Path file) {
        try {
            List<X509Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(read(part, file)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (found.isEmpty()) {
                throw new TlsException(part, file + " holds no certificate", null);
            }
            return found;
        } catch (CertificateException e) {
            throw new TlsException(part, file + " holds no PEM certificates: " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file, PublicKey own) {
        String pem = new String(read(Part.KEY, file), StandardCharsets.US_ASCII);
        Matcher found = PRIVATE_KEY.matcher(pem);
        if (!found.find()) {
            String advice = " is no unencrypted PKCS#8 key ('BEGIN PRIVATE KEY'); to convert one:"
                    + " openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";
            throw new TlsException(Part.KEY, file + advice, null);
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
            PrivateKey key =
                    KeyFactory.getInstance(own.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            if (!belongTogether(key, own)) {
                throw new TlsException(Part.KEY, file + " is not the key of the certificate", null);
            }
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsException(
                    Part.KEY, file + " is not the certificate's " + own.getAlgorithm() + " key: " + e.getMessage(), e);
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey own) throws GeneralSecurityException {
        String algorithm =
                switch (own.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> own.getAlgorithm();
                };
        byte[] message = {1, 2, 3};
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(message);
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(own);
        verifier.update(message);
        return verifier.verify(signer.sign());
    }

    private static byte[] read(Part part, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            String why = Files.exists(file) ? e.getMessage() : "there is no such file";
            throw new TlsException(part, file + " cannot be read: " + why, e);
        }
    }
}
