package io.caravan.mailauth;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A DMARC policy record (RFC 9989 sections 4.7 and 4.8). What is unknown or malformed after the version counts as not written.
 *
 * @param usable false: a policy in it is no policy and it asks for no reports, so that it asks for nothing (section 4.10.1)
 * @param psd    {@code y}, {@code n} or {@code u}
 */
record DmarcRecord(boolean usable, DmarcPolicy p, @Nullable DmarcPolicy sp, @Nullable DmarcPolicy np,
        boolean strictDkim, boolean strictSpf, char psd, boolean testing) {

    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[^ \t,]+");

    /** @return empty if it is no DMARC record of version 1 */
    static Optional<DmarcRecord> parse(String text) {
        String[] specs = text.split(";", -1);
        String[] version = specs[0].split("=", 2);
        if (version.length < 2 || !trimEnd(version[0]).equalsIgnoreCase("v")
                || !TagList.trim(version[1]).equals("DMARC1")) {
            return Optional.empty();
        }
        Map<String, String> tags = new HashMap<>();
        for (int i = 1; i < specs.length; i++) {
            int equals = specs[i].indexOf('=');
            if (equals > 0) {
                tags.putIfAbsent(TagList.trim(specs[i].substring(0, equals)).toLowerCase(Locale.ROOT),
                        TagList.trim(specs[i].substring(equals + 1)));
            }
        }
        return Optional.of(of(tags));
    }

    private static DmarcRecord of(Map<String, String> tags) {
        boolean wrong = Stream.of("p", "sp", "np")
                .anyMatch(tag -> tags.containsKey(tag) && DmarcPolicy.parse(tags.getOrDefault(tag, "")).isEmpty());
        boolean reports = Stream.of(tags.getOrDefault("rua", "").split(","))
                .anyMatch(uri -> URI.matcher(TagList.trim(uri)).matches());
        return new DmarcRecord(!wrong || reports,
                wrong ? DmarcPolicy.NONE : policy(tags, "p").orElse(DmarcPolicy.NONE),
                wrong ? null : policy(tags, "sp").orElse(null), wrong ? null : policy(tags, "np").orElse(null),
                is(tags, "adkim", "s"), is(tags, "aspf", "s"),
                is(tags, "psd", "y") ? 'y' : is(tags, "psd", "n") ? 'n' : 'u',
                is(tags, "t", "y"));
    }

    private static Optional<DmarcPolicy> policy(Map<String, String> tags, String tag) {
        return DmarcPolicy.parse(tags.getOrDefault(tag, ""));
    }

    private static boolean is(Map<String, String> tags, String tag, String value) {
        return tags.getOrDefault(tag, "").equalsIgnoreCase(value);
    }

    /** The record's grammar has no white space at its begin. */
    private static String trimEnd(String text) {
        return text.stripTrailing();
    }

    /** The policy for a subdomain. @param exists whether the name is in the DNS */
    DmarcPolicy below(boolean exists) {
        if (!exists && np != null) {
            return np;
        }
        return sp != null ? sp : p;
    }

    /** It says where an organization ends: no name above is asked (section 4.10). */
    boolean endsWalk() {
        return psd != 'u';
    }
}
