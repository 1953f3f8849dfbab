package io.caravan.transport;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * One GET of {@code https://mta-sts.DOMAIN/.well-known/mta-sts.txt} (RFC 8461 section 3.3), as {@link HttpsOnce} makes it, and neither is its
 * size without end.
 */
final class PolicyFetch {

    private static final int LONGEST = 64 * 1024; // RFC 8461 section 3.2 suggests it
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int MOST_FIELDS = 100;

    /** It could not be had. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        final TlsResult result;

        Failed(TlsResult result, String why) {
            super(why);
            this.result = result;
        }
    }

    private final HttpsOnce https;
    private final int port;

    /** @param patience for all of it, name to last byte */
    PolicyFetch(Dns dns, Trust trust, int port, Duration patience) {
        https = new HttpsOnce(dns, trust, patience);
        this.port = port;
    }

    String get(String domain) throws Failed {
        String host = "mta-sts." + domain;
        byte[] request = ("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: " + host
                + "\r\nAccept: text/plain\r\nUser-Agent: Caravan\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            return https.exchange(host, port, request, in -> new Response(in).text());
        } catch (SSLException e) {
            throw new Failed(TlsResult.STS_WEBPKI_INVALID, host + ": " + e.getMessage());
        } catch (IOException e) {
            throw new Failed(TlsResult.STS_POLICY_FETCH_ERROR, host + ": " + e.getMessage());
        }
    }

    /** As much of HTTP/1.1 (RFC 9112) as one small text needs. */
    private static final class Response {
        private final InputStream in;

        Response(InputStream in) {
            this.in = in;
        }

        String text() throws IOException {
            String status = line();
            if (!status.matches("HTTP/1\\.[01] 200( .*)?")) {
                throw new IOException("answered '" + status.replaceAll("[^ -~]", "?") + "', not 200");
            }
            Map<String, String> fields = fields();
            String type = fields.getOrDefault("content-type", "");
            if (!type.toLowerCase(Locale.ROOT).matches("text/plain\\s*(;.*)?")) {
                throw new IOException("gave '" + type.replaceAll("[^ -~]", "?") + "', not text/plain");
            }
            return new String(body(fields), StandardCharsets.UTF_8);
        }

        private Map<String, String> fields() throws IOException {
            Map<String, String> fields = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                if (colon < 1 || fields.size() == MOST_FIELDS) {
                    throw new IOException("speaks no HTTP");
                }
                fields.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
            }
            return fields;
        }

        private byte[] body(Map<String, String> fields) throws IOException {
            if (fields.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
                return chunks();
            }
            String length = fields.get("content-length");
            return length == null ? bounded(in.readNBytes(LONGEST + 1)) : exactly(length(length, 10));
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            while (true) {
                int length = length(line().replaceAll("\\s*;.*", ""), 16);
                if (length == 0) {
                    return all.toByteArray();
                }
                all.writeBytes(exactly(length));
                bounded(all.toByteArray());
                line();
            }
        }

        private static int length(String digits, int radix) throws IOException {
            try {
                int length = Integer.parseInt(digits, radix);
                if (length >= 0 && length <= LONGEST) {
                    return length;
                }
            } catch (NumberFormatException e) {
                throw new IOException("speaks no HTTP", e);
            }
            throw new IOException("serves more than " + LONGEST + " bytes");
        }

        private byte[] exactly(int length) throws IOException {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("hung up in the middle");
            }
            return bytes;
        }

        private static byte[] bounded(byte[] bytes) throws IOException {
            if (bytes.length > LONGEST) {
                throw new IOException("serves more than " + LONGEST + " bytes");
            }
            return bytes;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0 || line.length() == LONGEST_LINE) {
                    throw new EOFException(b < 0 ? "hung up in the middle" : "speaks no HTTP");
                }
                line.append((char) b);
            }
            return line.toString().replaceAll("\r$", "");
        }
    }
}
