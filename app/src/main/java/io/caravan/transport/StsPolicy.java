package io.caravan.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;

/**
 * A domain's MTA-STS policy (RFC 8461 section 3.2).
 *
 * @param mx     host names and {@code *.domain}, lower case; empty only in mode none
 * @param maxAge how long it holds, at most about a year
 */
public record StsPolicy(Mode mode, List<String> mx, Duration maxAge) {

    public enum Mode {
        ENFORCE, TESTING, NONE;

        static @Nullable Mode of(@Nullable String word) {
            for (Mode mode : values()) {
                if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return mode;
                }
            }
            return null;
        }
    }

    private static final long LONGEST = 31_557_600; // seconds, RFC 8461 section 3.2
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}");
    private static final Pattern HOST = Pattern.compile(
            "(\\*\\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final int MOST_HOSTS = 200;
    private static final int LONGEST_HOST = 255; // before the pattern: a stranger's text must not make it go deep
    private static final int MOST_SAID = 5;

    public StsPolicy {
        mx = List.copyOf(mx);
    }

    /** @throws InvalidInput with every fault: a policy is taken as a whole or not at all */
    public static StsPolicy parse(String text) {
        List<String> problems = new ArrayList<>();
        Map<String, String> fields = new LinkedHashMap<>();
        List<String> mx = new ArrayList<>();
        for (String line : text.split("\r?\n")) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : trimmed(line.substring(0, colon));
            String value = trimmed(line.substring(colon + 1));
            if (!NAME.matcher(name).matches() || value.chars().anyMatch(Character::isISOControl)) {
                if (!line.isBlank() && problems.size() < MOST_SAID) {
                    problems.add("'" + printable(line) + "' is no line of a policy");
                }
            } else if (name.equals("mx")) {
                mx.add(value.toLowerCase(Locale.ROOT));
            } else {
                fields.putIfAbsent(name, value); // all but the first are ignored
            }
        }
        if (!"STSv1".equals(fields.get("version"))) {
            problems.add("its version is not STSv1");
        }
        Mode mode = Mode.of(fields.get("mode"));
        if (mode == null) {
            problems.add("its mode is none of enforce, testing and none");
        }
        mx.stream().filter(host -> host.length() > LONGEST_HOST || !HOST.matcher(host).matches()).limit(MOST_SAID)
                .forEach(host -> problems.add("'" + printable(host) + "' is no host name"));
        if (mx.isEmpty() && mode != Mode.NONE || mx.size() > MOST_HOSTS) {
            problems.add("it names " + mx.size() + " hosts");
        }
        String age = fields.getOrDefault("max_age", "");
        if (!age.matches("\\d{1,10}")) {
            problems.add("its max_age is no number of seconds");
        }
        if (!problems.isEmpty() || mode == null) {
            throw new InvalidInput(problems);
        }
        return new StsPolicy(mode, mx, Duration.ofSeconds(Math.min(Long.parseLong(age), LONGEST)));
    }

    /** Without spaces and tabs at its ends. No pattern: where blanks may stand on both sides of anything it would try all ways to share them. */
    static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (text.charAt(to - 1) == ' ' || text.charAt(to - 1) == '\t')) {
            to--;
        }
        return text.substring(from, to);
    }

    private static String printable(String text) {
        return (text.length() > 60 ? text.substring(0, 60) : text).replaceAll("[^ -~]", "?");
    }

    /** Its lines as they are served. */
    String written() {
        List<String> lines = new ArrayList<>(
                List.of("version: STSv1", "mode: " + mode.name().toLowerCase(Locale.ROOT)));
        mx.forEach(host -> lines.add("mx: " + host));
        lines.add("max_age: " + maxAge.toSeconds());
        return String.join("\n", lines);
    }

    boolean names(String host) {
        return mx.stream().anyMatch(pattern -> CertificateNames.matches(pattern, host));
    }
}
