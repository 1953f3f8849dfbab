package io.caravan.transport;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One GET of {@code https://mta-sts.DOMAIN/.well-known/mta-sts.txt} (RFC 8461 section 3.3): the certificate must be trusted and for that
 * name, nothing is followed elsewhere, and neither size nor time is without end. Nothing is sent before the certificate is checked, so a
 * domain that points at a machine of ours learns nothing of it.
 */
final class PolicyFetch {

    private static final int LONGEST = 64 * 1024; // RFC 8461 section 3.2 suggests it
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int MOST_FIELDS = 100;
    private static final int MOST_ADDRESSES = 3;

    /** It could not be had. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        final TlsResult result;

        Failed(TlsResult result, String why) {
            super(why);
            this.result = result;
        }
    }

    private final Dns dns;
    private final Trust trust;
    private final int port;
    private final Duration patience;

    /** @param patience for all of it, name to last byte */
    PolicyFetch(Dns dns, Trust trust, int port, Duration patience) {
        this.dns = dns;
        this.trust = trust;
        this.port = port;
        this.patience = patience;
    }

    String get(String domain) throws Failed {
        String host = "mta-sts." + domain;
        long until = System.nanoTime() + patience.toNanos();
        IOException last = new IOException("has no address");
        for (InetAddress address : addresses(host)) {
            try {
                return get(host, address, until);
            } catch (SSLException e) {
                throw new Failed(TlsResult.STS_WEBPKI_INVALID, host + ": " + e.getMessage());
            } catch (IOException e) {
                last = e;
            }
        }
        throw new Failed(TlsResult.STS_POLICY_FETCH_ERROR, host + ": " + last.getMessage());
    }

    private List<InetAddress> addresses(String host) throws Failed {
        return switch (dns.addresses(host)) {
            case Dns.Records<InetAddress> found ->
                found.list().subList(0, Math.min(MOST_ADDRESSES, found.list().size()));
            case Dns.None<InetAddress> _ -> List.of();
            case Dns.Fault<InetAddress> fault -> throw new Failed(TlsResult.STS_POLICY_FETCH_ERROR, fault.toString());
        };
    }

    private String get(String host, InetAddress address, long until) throws IOException {
        try (Socket plain = new Socket()) {
            Thread clock = cutAt(until, plain);
            try {
                plain.connect(new InetSocketAddress(address, port), (int) Math.max(1, left(until).toMillis()));
                SSLSocket tls = (SSLSocket) trust.context().getSocketFactory().createSocket(plain, host, port, true);
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                tls.setSSLParameters(parameters);
                tls.startHandshake();
                tls.getOutputStream().write(("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: " + host
                        + "\r\nAccept: text/plain\r\nUser-Agent: Caravan\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                return new Response(tls.getInputStream()).text();
            } catch (IOException e) {
                throw left(until).isPositive()
                        ? e
                        : new IOException("no policy within " + patience.toMillis() + " ms", e);
            } finally {
                clock.interrupt();
            }
        }
    }

    private static Duration left(long until) {
        return Duration.ofNanos(until - System.nanoTime());
    }

    /** A socket's own timeout ends a single read, not a host that gives a byte a second. */
    private static Thread cutAt(long until, Socket socket) {
        return Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(left(until));
                socket.close();
            } catch (InterruptedException | IOException e) {
                // it is over in either case
            }
        });
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
