package io.caravan.mail;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An enhanced mail system status code, {@code class.subject.detail} (RFC 3463 section 2). */
public record EnhancedStatus(int klass, int subject, int detail) {

    private static final Pattern AT_START = Pattern.compile("^([245])\\.(\\d{1,3})\\.(\\d{1,3})(?=\\s|$)");

    /** The status at the beginning of a reply's text (RFC 2034 section 4), if it is there and well formed. */
    public static Optional<EnhancedStatus> atStartOf(String replyText) {
        Matcher matcher = AT_START.matcher(replyText);
        return matcher.find()
                ? Optional.of(new EnhancedStatus(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return klass + "." + subject + "." + detail;
    }
}
