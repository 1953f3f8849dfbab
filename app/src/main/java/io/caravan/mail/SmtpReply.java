package io.caravan.mail;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One SMTP reply, all its lines without code and CRLF (RFC 5321 section 4.2.1).
 *
 * @param code 200..599
 */
public record SmtpReply(int code, List<String> lines) {

    private static final int LONGEST = 500;
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\u2028\\u2029]+");

    public SmtpReply {
        lines = List.copyOf(lines);
    }

    public SmtpReply(int code, String line) {
        this(code, List.of(line));
    }

    public boolean isPositive() {
        return code >= 200 && code < 300;
    }

    public boolean isIntermediate() {
        return code >= 300 && code < 400;
    }

    public boolean isTransient() {
        return code >= 400 && code < 500;
    }

    public boolean isPermanent() {
        return code >= 500;
    }

    public Optional<EnhancedStatus> status() {
        return lines.isEmpty() ? Optional.empty() : EnhancedStatus.atStartOf(lines.getFirst());
    }

    private static String clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') { // nearly never: only then the regular expression
                return CONTROLS.matcher(text).replaceAll(" ");
            }
        }
        return text;
    }

    /** Code and text on one line, control characters made spaces, at most 500 characters: what the ledger keeps. */
    public String oneLine() {
        String text = clean(code + " " + (lines.size() == 1 ? lines.getFirst() : String.join(" ", lines))).strip();
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}
