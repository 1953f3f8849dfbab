package io.caravan.transport;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a domain wants its reports (RFC 8460 section 3): the TXT record at {@code _smtp._tls.DOMAIN}.
 *
 * @param mailto addresses, not checked
 * @param https  absolute, with a host
 */
public record TlsRptRecord(List<String> mailto, List<URI> https) {

    private static final TlsRptRecord NOWHERE = new TlsRptRecord(List.of(), List.of());
    private static final int MOST = 4; // of each kind: a record must not make us mail the world
    private static final Pattern VERSION = Pattern.compile("v=TLSRPTv1[ \\t]*(;.*)?", Pattern.DOTALL);

    public TlsRptRecord {
        mailto = List.copyOf(mailto);
        https = List.copyOf(https);
    }

    /** The name that it stands at. */
    public static String name(String domain) {
        return "_smtp._tls." + domain;
    }

    /** Of what stands there; nowhere, if it is not exactly one record of this kind. */
    public static TlsRptRecord of(List<String> texts) {
        List<String> records = texts.stream().filter(text -> VERSION.matcher(text).matches()).toList();
        if (records.size() != 1) {
            return NOWHERE;
        }
        for (String field : records.getFirst().split(";")) {
            int equals = field.indexOf('=');
            if (equals >= 0 && StsPolicy.trimmed(field.substring(0, equals)).equals("rua")) {
                return places(field.substring(equals + 1));
            }
        }
        return NOWHERE;
    }

    public boolean isNowhere() {
        return mailto.isEmpty() && https.isEmpty();
    }

    private static TlsRptRecord places(String uris) {
        List<String> mailto = new ArrayList<>();
        List<URI> https = new ArrayList<>();
        for (String written : uris.split(",")) {
            String uri = written.strip();
            if (uri.toLowerCase(Locale.ROOT).startsWith("mailto:") && mailto.size() < MOST) {
                address(uri.substring("mailto:".length()), mailto);
            } else if (uri.toLowerCase(Locale.ROOT).startsWith("https:") && https.size() < MOST) {
                place(uri, https);
            }
        }
        return new TlsRptRecord(mailto, https);
    }

    /** RFC 6068: percent-encoded, and what follows a question mark would be header fields. */
    private static void address(String written, List<String> to) {
        try {
            to.add(URLDecoder.decode(written.replaceFirst("\\?.*", "").replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // no URI: as if it were not there
        }
    }

    private static void place(String written, List<URI> to) {
        try {
            URI uri = new URI(written);
            if (uri.getHost() != null && uri.getRawUserInfo() == null) {
                to.add(uri);
            }
        } catch (URISyntaxException e) {
            // no URI: as if it were not there
        }
    }
}
