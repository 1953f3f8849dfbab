package io.caravan.transport;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hands a report over by HTTPS (RFC 8460 section 5.4), as {@link HttpsOnce} does everything that strangers ask for. */
public final class ReportPost {

    private static final int HTTPS = 443;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})( .*)?");

    private final HttpsOnce https;

    /** @param patience for one report */
    public ReportPost(Dns dns, Trust trust, Duration patience) {
        https = new HttpsOnce(dns, trust, patience);
    }

    /**
     * @param gzip the report, compressed
     * @return the status that was answered, 200 to 299 if it was taken
     * @throws IOException if there was none
     */
    public int post(URI to, byte[] gzip) throws IOException {
        String path = to.getRawPath() == null || to.getRawPath().isEmpty() ? "/" : to.getRawPath();
        String query = to.getRawQuery() == null ? "" : "?" + to.getRawQuery();
        int port = to.getPort() < 0 ? HTTPS : to.getPort();
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(("POST " + path + query + " HTTP/1.1\r\nHost: " + to.getHost()
                + (port == HTTPS ? "" : ":" + port) + "\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Length: "
                + gzip.length + "\r\nUser-Agent: Caravan\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        request.writeBytes(gzip);
        return https.exchange(to.getHost(), port, request.toByteArray(), ReportPost::status);
    }

    private static int status(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() == LONGEST_LINE) {
                throw new EOFException(b < 0 ? "hung up in the middle" : "speaks no HTTP");
            }
            line.append((char) b);
        }
        Matcher status = STATUS.matcher(line.toString().strip());
        if (!status.matches()) {
            throw new IOException("speaks no HTTP");
        }
        return Integer.parseInt(status.group(1));
    }
}
