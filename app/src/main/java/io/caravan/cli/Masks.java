package io.caravan.cli;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Takes out of texts what others must not read: values of settings that name or hold a secret, passwords in URIs, what lies in
 * {@code keys/}, tokens, and the part of an address before its {@code @}.
 */
public final class Masks {

    static final String MASK = "***";
    private static final Pattern NAMES_A_SECRET = Pattern.compile(
            "(?i).*(pass(word|wd|phrase)|secret|token|credential|private|api[-_]?key|(^|[._-])key$|(^|[._-])pass$).*");
    private static final Pattern OURS = Pattern
            .compile("(?i)(caravan|server|spring|management|logging|camel|routes|springdoc)[._].*");
    private static final Pattern USER_INFO = Pattern.compile("://([^:\\s/@]*):(\\S*)@");
    private static final Pattern IN_QUERY = Pattern
            .compile("(?i)([?&;\\s\"](?:[\\w.-]*(?:password|passwd|secret|token|key))=)([^&\\s\"]+)");
    private static final Pattern BEARER = Pattern.compile("(?i)(bearer|basic)\\s+[\\w.~+/=-]+");
    private static final Pattern ADDRESS = Pattern
            .compile("[^\\s<>\"(),:;\\[\\]@|{}]+@([\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)+)");
    /** Shorter ones would be found in innocent words; by their names and places they are masked all the same. */
    private static final int LEAST = 6;

    private final List<String> secrets;

    private Masks(Set<String> secrets) {
        this.secrets = new ArrayList<>(secrets);
        this.secrets.sort(Comparator.comparingInt(String::length).reversed());
    }

    /** With the secrets that these settings and the keys of this data folder hold. */
    public static Masks of(ConfigurableEnvironment settings, Path data) {
        Set<String> secrets = new TreeSet<>();
        all(settings).forEach((name, value) -> {
            if (NAMES_A_SECRET.matcher(name).matches()) {
                secrets.add(value);
            }
            Matcher user = USER_INFO.matcher(value);
            if (user.find()) {
                secrets.add(user.group(2));
                secrets.add(decoded(user.group(2)));
            }
            Matcher query = IN_QUERY.matcher(value);
            while (query.find()) {
                secrets.add(query.group(2));
            }
        });
        for (String file : List.of("token", "secret", "database")) {
            secrets.addAll(lines(data.resolve("keys").resolve(file)));
        }
        secrets.removeIf(secret -> secret.length() < LEAST);
        return new Masks(secrets);
    }

    private static String decoded(String written) {
        try {
            return URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return written;
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readString(file).lines().flatMap(line -> List.of(line.split("[=\\s]+", 2)).stream())
                    .map(String::strip).filter(line -> !line.startsWith("jdbc:")).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The settings in force that are ours to know, {@code name = value}, one a line, without secrets. */
    public String settings(ConfigurableEnvironment environment) {
        StringBuilder lines = new StringBuilder();
        all(environment).forEach((name, value) -> lines.append(name).append(" = ")
                .append(NAMES_A_SECRET.matcher(name).matches() ? MASK : value).append('\n'));
        return text(lines.toString());
    }

    private static TreeMap<String, String> all(ConfigurableEnvironment environment) {
        TreeMap<String, String> all = new TreeMap<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> known) {
                for (String name : known.getPropertyNames()) {
                    Object value = OURS.matcher(name).matches() ? source.getProperty(name) : null;
                    if (value != null) {
                        all.putIfAbsent(name, resolved(environment, value.toString()));
                    }
                }
            }
        }
        return all;
    }

    private static String resolved(ConfigurableEnvironment environment, String value) {
        try {
            return environment.resolvePlaceholders(value).lines().reduce((a, b) -> a + " " + b).orElse("");
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    public String text(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, MASK);
        }
        masked = USER_INFO.matcher(masked).replaceAll("://$1:" + Matcher.quoteReplacement(MASK) + "@");
        masked = IN_QUERY.matcher(masked).replaceAll("$1" + Matcher.quoteReplacement(MASK));
        masked = BEARER.matcher(masked).replaceAll(found -> found.group(1).toLowerCase(Locale.ROOT) + " " + MASK);
        return ADDRESS.matcher(masked).replaceAll(Matcher.quoteReplacement(MASK) + "@$1");
    }
}
