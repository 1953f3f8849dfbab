package io.caravan.transport;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.PermanentFault;

/** Whose certificates count: the authorities that this Java trusts, and those that the owner adds. */
public final class Trust {

    /** What this Java trusts. */
    public static final Trust OF_JAVA = new Trust(authorities(null));

    private final X509TrustManager authorities;

    private Trust(X509TrustManager authorities) {
        this.authorities = authorities;
    }

    /** @param more authorities that count, too: those of private relays */
    public static Trust and(List<X509Certificate> more) {
        if (more.isEmpty()) {
            return OF_JAVA;
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int n = 0;
            for (X509Certificate one : OF_JAVA.authorities.getAcceptedIssuers()) {
                store.setCertificateEntry("java-" + n++, one);
            }
            for (X509Certificate one : more) {
                store.setCertificateEntry("own-" + n++, one);
            }
            return new Trust(authorities(store));
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new PermanentFault("the certificates of caravan.tls.roots cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager authorities(@Nullable KeyStore store) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return Arrays.stream(factory.getTrustManagers()).filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast).findFirst().orElseThrow();
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("this Java has no list of trusted authorities", e);
        }
    }

    /** For HTTPS: with the JDK's own check of names, which whoever makes the socket must ask for. */
    SSLContext context() {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(null, new TrustManager[]{authorities}, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("this Java has no TLS", e);
        }
    }

    /**
     * @param chain the host's own certificate first, at least one
     * @throws TlsFailed saying what is wrong with it
     */
    void check(List<X509Certificate> chain, TlsPolicy.Verified policy) throws TlsFailed {
        String whose = "the certificate of " + policy.name();
        try {
            authorities.checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN"); // as TLS 1.3 names it
        } catch (CertificateException e) {
            X509Certificate old = Dates.of(e) ? Dates.outside(chain) : null;
            if (old != null) {
                throw failed(TlsResult.CERTIFICATE_EXPIRED, whose + " is valid from " + old.getNotBefore().toInstant()
                        + " to " + old.getNotAfter().toInstant() + " only", policy);
            }
            throw failed(TlsResult.CERTIFICATE_NOT_TRUSTED, whose + " is of nobody trusted here (issuer: "
                    + chain.getLast().getIssuerX500Principal().getName() + ")", policy);
        }
        CertificateNames names = CertificateNames.of(chain.getFirst());
        if (!names.cover(policy.name())) {
            throw failed(TlsResult.CERTIFICATE_HOST_MISMATCH,
                    whose + " is for " + names + ", not for " + policy.name(), policy);
        }
    }

    private static TlsFailed failed(TlsResult result, String what, TlsPolicy.Verified policy) {
        return new TlsFailed(TlsFailed.NOT_VERIFIED, result, what + ", and " + policy.rule());
    }

    /** Whether it was the dates. */
    private static final class Dates {
        static boolean of(Throwable fault) {
            for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                    return true;
                }
            }
            return false;
        }

        static @Nullable X509Certificate outside(List<X509Certificate> chain) {
            for (X509Certificate one : chain) {
                try {
                    one.checkValidity();
                } catch (CertificateException e) {
                    return one;
                }
            }
            return null;
        }
    }
}
