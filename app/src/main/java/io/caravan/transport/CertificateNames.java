package io.caravan.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Whom a certificate is for: the names and addresses of its subjectAltName. The common name counts for nothing, and a {@code *} only for
 * one whole label on the left (RFC 9525 section 6.3).
 */
record CertificateNames(List<String> hosts, List<String> addresses) {

    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final int MOST_SAID = 3;

    static CertificateNames of(X509Certificate certificate) {
        List<String> hosts = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (List<?> name : alternatives(certificate)) {
            if (name.getFirst() instanceof Integer type && name.get(1) instanceof String text) {
                if (type == DNS) {
                    hosts.add(text.toLowerCase(Locale.ROOT));
                } else if (type == ADDRESS) {
                    addresses.add(text);
                }
            }
        }
        return new CertificateNames(hosts, addresses);
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            return List.of(); // for nobody
        }
    }

    /** @param host a name, or an address in digits */
    boolean cover(String host) {
        if (isAddress(host)) {
            return addresses.stream().anyMatch(one -> same(one, host));
        }
        return hosts.stream().anyMatch(name -> matches(name, host));
    }

    /** {@code *.example.org} is {@code mx.example.org}, not {@code a.mx.example.org} nor {@code example.org} (RFC 8461 section 4.1 as well). */
    static boolean matches(String pattern, String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int dot = name.indexOf('.');
        return dot > 0 && pattern.length() > 2 && name.substring(dot).equals(pattern.substring(1));
    }

    static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    }

    private static boolean same(String one, String other) {
        try {
            return InetAddress.getByName(one).equals(InetAddress.getByName(other)); // digits only: nothing is looked up
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        List<String> all = new ArrayList<>(hosts);
        all.addAll(addresses);
        if (all.isEmpty()) {
            return "nobody by name";
        }
        String said = String.join(", ", all.subList(0, Math.min(MOST_SAID, all.size())));
        return all.size() > MOST_SAID ? said + " and " + (all.size() - MOST_SAID) + " more" : said;
    }
}
