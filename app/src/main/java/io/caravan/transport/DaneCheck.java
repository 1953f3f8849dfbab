package io.caravan.transport;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A host's certificate against what its domain has published (RFC 6698, 7671, 7672). Usage 3 is the certificate or key itself: neither its
 * name nor its dates count (RFC 7672 section 3.1.1). Usage 2 is an authority: the chain leads there, is in date, and is for one of the names.
 */
final class DaneCheck {

    private static final int AUTHORITY = 2;
    private static final int ITSELF = 3;

    private DaneCheck() {
    }

    /** Usages 0 and 1 mean nothing for SMTP (RFC 7672 section 3.1.3). */
    static boolean isUsable(Dns.Tlsa record) {
        int length = record.data().length();
        return (record.usage() == AUTHORITY || record.usage() == ITSELF) && record.selector() <= 1
                && switch (record.matching()) {
                    case 0 -> length > 0;
                    case 1 -> length == 64;
                    case 2 -> length == 128;
                    default -> false;
                };
    }

    /** For whose mail a certificate speaks. */
    enum For {
        ALL, THE_NEXT_HOP
    }

    /**
     * For all mail that goes to this host if the certificate is one of the records' or for its TLSA base domain; only for that of the domain
     * that is being mailed if it is for that one (RFC 7672 section 3.2.2).
     *
     * @throws TlsFailed if it is none of the records'
     */
    static For check(List<X509Certificate> chain, TlsPolicy.Dane policy, String host) throws TlsFailed {
        boolean vouched = false;
        for (Dns.Tlsa record : policy.records()) {
            if (record.usage() == ITSELF && isOf(record, chain.getFirst())) {
                return For.ALL;
            }
            vouched |= record.usage() == AUTHORITY && leadsTo(record, chain);
        }
        if (vouched) {
            CertificateNames names = CertificateNames.of(chain.getFirst());
            if (names.cover(policy.base())) {
                return For.ALL;
            }
            if (policy.nextHop().stream().anyMatch(names::cover)) {
                return For.THE_NEXT_HOP;
            }
            throw new TlsFailed(TlsFailed.NOT_VERIFIED, TlsResult.CERTIFICATE_HOST_MISMATCH,
                    "the certificate of " + host + " is for " + CertificateNames.of(chain.getFirst()) + ", not for "
                            + String.join(" or ", policy.names()) + ", and " + policy.rule());
        }
        throw new TlsFailed(TlsFailed.NOT_VERIFIED, TlsResult.VALIDATION_FAILURE,
                "the certificate of " + host + " is none of those that its TLSA records name, and " + policy.rule());
    }

    private static boolean isOf(Dns.Tlsa record, X509Certificate certificate) {
        try {
            byte[] chosen = record.selector() == 0 ? certificate.getEncoded() : certificate.getPublicKey().getEncoded();
            byte[] found = switch (record.matching()) {
                case 1 -> MessageDigest.getInstance("SHA-256").digest(chosen);
                case 2 -> MessageDigest.getInstance("SHA-512").digest(chosen);
                default -> chosen;
            };
            return MessageDigest.isEqual(found, HexFormat.of().parseHex(record.data()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean leadsTo(Dns.Tlsa record, List<X509Certificate> chain) {
        for (X509Certificate one : chain.subList(1, chain.size())) {
            if (isOf(record, one) && isPath(chain, new TrustAnchor(one, null))) {
                return true;
            }
        }
        TrustAnchor published = record.matching() == 0 ? published(record, chain) : null;
        return published != null && isPath(chain, published);
    }

    /** An authority that the host need not send, since the record has it in full (RFC 7671 section 5.2.2). */
    private static @Nullable TrustAnchor published(Dns.Tlsa record, List<X509Certificate> chain) {
        try {
            byte[] bytes = HexFormat.of().parseHex(record.data());
            if (record.selector() == 0) {
                return new TrustAnchor((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(bytes)), null);
            }
            PublicKey key = KeyFactory.getInstance(chain.getLast().getSigAlgName().contains("RSA") ? "RSA" : "EC")
                    .generatePublic(new X509EncodedKeySpec(bytes));
            return new TrustAnchor(chain.getLast().getIssuerX500Principal(), key, null);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isPath(List<X509Certificate> chain, TrustAnchor anchor) {
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(chain.getFirst());
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(Set.of(anchor), target);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            parameters.setRevocationEnabled(false); // whoever publishes the record withdraws it
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
