package io.caravan.rendering;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import io.caravan.mail.EmailAddress;

/**
 * A TLS report as a mail (RFC 8460 section 5.3).
 *
 * @param name      of the organization that reports
 * @param domain    whose day it is
 * @param submitter the reporting domain
 * @param id        the report's
 * @param file      name of the attachment, letters, digits and {@code .-!}
 * @param gzip      the report, compressed
 * @param messageId with angle brackets
 */
public record TlsReportMail(EmailAddress from, String name, EmailAddress to, String domain, String submitter,
        String id, String file, byte[] gzip, String messageId, Instant date) {

    private static final DateTimeFormatter DATE = DateTimeFormatter
            .ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final String BOUNDARY = "=_tlsrpt"; // encoded bodies never contain =_, and the text is ours
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(76, new byte[]{'\r', '\n'});

    /** Header and body as the transport takes them. */
    public List<byte[]> content() {
        ByteSink out = new ByteSink();
        Headers headers = new Headers(out);
        headers.mailbox("From", name, from.written());
        headers.mailbox("To", "", to.written());
        headers.text("Subject", "Report Domain: " + domain + " Submitter: " + submitter + " Report-ID: <" + id + ">");
        headers.structured("Date", DATE.format(date));
        headers.structured("Message-ID", messageId);
        headers.structured("TLS-Report-Domain", domain);
        headers.structured("TLS-Report-Submitter", submitter);
        headers.structured("TLS-Required", "No"); // RFC 8689: it tells of what would keep it from arriving
        headers.structured("Auto-Submitted", "auto-generated");
        headers.structured("MIME-Version", "1.0");
        out.ascii("Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"" + BOUNDARY + "\"\r\n\r\n");
        part(out, "text/plain; charset=us-ascii", "7bit", "");
        out.ascii("This is an aggregate report on the TLS of SMTP sessions (RFC 8460) with the hosts of\r\n");
        out.ascii(domain + ", from " + submitter + ".\r\n");
        part(out, "application/tlsrpt+gzip", "base64", "Content-Disposition: attachment;\r\n filename=\""
                + file + "\"\r\n"); // in one piece, since not every reader of reports puts pieces together
        out.put(LINES.encode(gzip));
        out.ascii("\r\n--" + BOUNDARY + "--\r\n");
        return List.of(out.take());
    }

    private static void part(ByteSink out, String type, String encoding, String more) {
        out.ascii("--" + BOUNDARY + "\r\nContent-Type: " + type + "\r\nContent-Transfer-Encoding: " + encoding
                + "\r\n" + more + "\r\n");
    }
}
