package io.caravan.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Certificates for whom and when a test wants them, made in memory: an authority, and what it signs. */
public final class TestCertificates {

    private static final AtomicLong SERIAL = new AtomicLong(1000);
    private static final byte[] ECDSA_SHA256 = {0x30, 0x0a, 0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d,
            0x04,
            0x03, 0x02};
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    /** A key with its certificate and those above it, its own first. */
    public record Issued(List<X509Certificate> chain, PrivateKey key) {

        public X509Certificate certificate() {
            return chain.getFirst();
        }

        public SSLContext server() {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("host", key, new char[0], chain.toArray(Certificate[]::new));
                KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(store, new char[0]);
                SSLContext made = SSLContext.getInstance("TLS");
                made.init(keys.getKeyManagers(), null, null);
                return made;
            } catch (GeneralSecurityException | java.io.IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private final KeyPair authority = pair();
    private final X509Certificate root;

    public TestCertificates() {
        this("Test authority");
    }

    public TestCertificates(String name) {
        Instant now = Instant.now();
        root = sign(name, authority, name, authority.getPrivate(), now.minus(1, ChronoUnit.DAYS),
                now.plus(10, ChronoUnit.DAYS), List.of(), true);
    }

    public X509Certificate root() {
        return root;
    }

    Trust trust() {
        return Trust.and(List.of(root));
    }

    /** @param names host names, {@code *.domain} and addresses in digits */
    public Issued issue(String... names) {
        return issue(Instant.now().plus(5, ChronoUnit.DAYS), names);
    }

    public Issued expired(String... names) {
        return issue(Instant.now().minus(1, ChronoUnit.HOURS), names);
    }

    private Issued issue(Instant until, String... names) {
        KeyPair pair = pair();
        X509Certificate made = sign("host", pair, root.getSubjectX500Principal().getName().substring(3),
                authority.getPrivate(), Instant.now().minus(20, ChronoUnit.DAYS), until, List.of(names), false);
        return new Issued(List.of(made, root), pair.getPrivate());
    }

    public static Issued selfSigned(String... names) {
        KeyPair pair = pair();
        Instant now = Instant.now();
        return new Issued(List.of(sign("host", pair, "host", pair.getPrivate(), now.minus(1, ChronoUnit.DAYS),
                now.plus(1, ChronoUnit.DAYS), List.of(names), false)), pair.getPrivate());
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate sign(String subject, KeyPair pair, String issuer, PrivateKey by, Instant from,
            Instant until, List<String> names, boolean authority) {
        List<byte[]> extensions = new ArrayList<>();
        if (authority) { // basicConstraints, critical: CA
            extensions.add(der(0x30, oid(0x55, 0x1d, 0x13), new byte[]{1, 1, (byte) 0xff},
                    der(4, der(0x30, new byte[]{1, 1, (byte) 0xff}))));
        }
        if (!names.isEmpty()) {
            extensions.add(der(0x30, oid(0x55, 0x1d, 0x11),
                    der(4, der(0x30, names.stream().map(TestCertificates::name).toArray(byte[][]::new)))));
        }
        List<byte[]> parts = new ArrayList<>(List.of(new byte[]{(byte) 0xa0, 3, 2, 1, 2},
                der(2, java.math.BigInteger.valueOf(SERIAL.incrementAndGet()).toByteArray()), ECDSA_SHA256,
                common(issuer), der(0x30, time(from), time(until)), common(subject), pair.getPublic().getEncoded()));
        if (!extensions.isEmpty()) {
            parts.add(der(0xa3, der(0x30, extensions.toArray(byte[][]::new))));
        }
        byte[] content = der(0x30, parts.toArray(byte[][]::new));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(by);
            signature.update(content);
            byte[] whole = der(0x30, content, ECDSA_SHA256, der(3, new byte[]{0}, signature.sign()));
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] name(String name) {
        try {
            return name.matches("[\\d.]+")
                    ? der(0x87, InetAddress.getByName(name).getAddress())
                    : der(0x82, name.getBytes(StandardCharsets.US_ASCII));
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] common(String name) {
        return der(0x30, der(0x31, der(0x30, oid(0x55, 0x04, 0x03), der(0x0c, name.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(Instant moment) {
        return der(0x18, TIME.format(moment).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] oid(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return der(6, all);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        int length = content.size();
        if (length > 255) {
            all.write(0x82);
            all.write(length >> 8);
        } else if (length > 127) {
            all.write(0x81);
        }
        all.write(length);
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }
}
