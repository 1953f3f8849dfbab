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
    private static final Pattern FIELD = Pattern
            .compile("[ \\t]*([A-Za-z0-9][A-Za-z0-9_.-]{0,31})[ \\t]*:[ \\t]*(.*?)[ \\t]*");
    private static final Pattern HOST = Pattern.compile(
            "(\\*\\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final int MOST_HOSTS = 200;

    public StsPolicy {
        mx = List.copyOf(mx);
    }

    /** @throws InvalidInput with every fault: a policy is taken as a whole or not at all */
    public static StsPolicy parse(String text) {
        List<String> problems = new ArrayList<>();
        Map<String, String> fields = new LinkedHashMap<>();
        List<String> mx = new ArrayList<>();
        for (String line : text.split("\r?\n")) {
            var field = FIELD.matcher(line);
            if (!field.matches()) {
                if (!line.isBlank()) {
                    problems.add("'" + printable(line) + "' is no line of a policy");
                }
            } else if (field.group(1).equals("mx")) {
                mx.add(field.group(2).toLowerCase(Locale.ROOT));
            } else {
                fields.putIfAbsent(field.group(1), field.group(2)); // all but the first are ignored
            }
        }
        if (!"STSv1".equals(fields.get("version"))) {
            problems.add("its version is not STSv1");
        }
        Mode mode = Mode.of(fields.get("mode"));
        if (mode == null) {
            problems.add("its mode is none of enforce, testing and none");
        }
        mx.stream().filter(host -> !HOST.matcher(host).matches())
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
