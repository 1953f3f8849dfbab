package io.caravan.transport;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import io.caravan.mail.SmtpReply;

/**
 * What a host offered after EHLO (RFC 5321 section 4.1.1.1).
 *
 * @param size the largest mail in bytes (RFC 1870), 0: it did not say
 * @param auth login mechanisms, upper case
 */
record Capabilities(boolean pipelining, boolean eightBit, boolean smtpUtf8, boolean startTls, boolean sizeKnown,
        long size,
        Set<String> auth) {

    /** Of a host that knows only HELO. */
    static final Capabilities NONE = new Capabilities(false, false, false, false, false, 0, Set.of());

    static Capabilities of(SmtpReply ehlo) {
        Set<String> words = new TreeSet<>();
        Set<String> auth = new TreeSet<>();
        long size = 0;
        for (String line : ehlo.lines().subList(1, ehlo.lines().size())) { // the first names the host
            List<String> parts = Arrays.asList(line.strip().toUpperCase(Locale.ROOT).split("[ =]+"));
            if (parts.isEmpty()) { // nothing but separators
                continue;
            }
            words.add(parts.getFirst());
            if (parts.getFirst().equals("AUTH")) { // "AUTH=LOGIN" is what old hosts say
                auth.addAll(parts.subList(1, parts.size()));
            } else if (parts.getFirst().equals("SIZE") && parts.size() > 1 && parts.get(1).matches("\\d{1,18}")) {
                size = Long.parseLong(parts.get(1));
            }
        }
        return new Capabilities(words.contains("PIPELINING"), words.contains("8BITMIME"), words.contains("SMTPUTF8"),
                words.contains("STARTTLS"), words.contains("SIZE"), size, auth);
    }
}
