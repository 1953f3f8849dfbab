package io.caravan.flow;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.RouteApi.Refusal;

/**
 * What may stand in a route's texts: a few {@code ${...}} words that read the message, {@code {{properties}}} that hold no secrets, and
 * nothing that reaches beans, files, the environment, classes or hosts. Lists what is allowed, so that new words of Camel are refused.
 */
final class RouteWords {

    static final String SEAM = "{{caravan.seam.batches}}";

    private static final Pattern READS = Pattern
            .compile("body|body\\.(size|workflow|run|id|campaign)|headers?\\.[a-z]\\w*"
                    + "|variable\\.\\w+|exchangeProperty\\.[a-z]\\w*|exception|exception\\.message|routeId|exchangeId"
                    + "|date:now:[A-Za-z0-9:.' _-]+|file:(name|name\\.noext|onlyname|size|modified)");
    private static final Pattern PROPERTY = Pattern.compile("(routes\\.[A-Za-z0-9._-]+"
            + "|caravan\\.(data|drop|seam\\.batches|batches\\.[a-z]+|queue))(:[A-Za-z0-9:./_ -]*)?");
    private static final Pattern READ = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(([^:}]*:?)([^}]*))}}");
    private static final Pattern REFERENCE = Pattern
            .compile("\\s*(#.*|(resource|ref|bean|language|classpath|type|class):.*)",
                    Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Pattern CLASS_NAME = Pattern.compile("\\b(?:[a-z]\\w*\\.){2,}[A-Z]\\w*");
    private static final Pattern OTHER_WORDS = Pattern.compile("\\$\\w+\\{|\\$init|\\bis\\s+['\"]|~>|\\?>");
    private static final Pattern SECRET = Pattern
            .compile(
                    "(?i)(pass(word|phrase|wd)|secret|token|api.?key|private.?key|authorization|bearer|credential)\\s*[=: ]\\s*\\S+"
                            + "|\\b(AKIA|ASIA)[A-Z0-9]{12,}|BEGIN [A-Z ]*PRIVATE KEY");
    private static final Pattern HOST = Pattern
            .compile("(?i)[a-z][a-z0-9+.-]*://[^\\s{]|//[^/\\s]+@|\\b\\d{1,3}(\\.\\d{1,3}){3}\\b"
                    + "|\\blocalhost\\b|\\b[a-z0-9-]+(\\.[a-z0-9-]+)+:\\d{2,5}\\b|\\[[0-9a-f:]*::[0-9a-f:]*]");

    private RouteWords() {
    }

    /** Why a text of a route is refused, or null. Descriptions and notes are for people and need not be asked about. */
    static @Nullable Refusal refusal(String text) {
        if (REFERENCE.matcher(text).matches()) {
            return new Refusal("'" + cut(text) + "' points at a bean, class or resource",
                    "use a step bean, or write the value itself");
        }
        Refusal words = reads(text);
        if (words == null) {
            words = properties(text);
        }
        if (words != null) {
            return words;
        }
        String plain = READ.matcher(PLACEHOLDER.matcher(text).replaceAll("")).replaceAll("");
        if (plain.contains("${") || plain.contains("{{")) {
            return new Refusal("'" + cut(text) + "' has an unfinished or nested ${ or {{",
                    "close it, one inside another is not allowed");
        }
        String written = PLACEHOLDER.matcher(text).replaceAll("$3"); // what an unset property would become
        if (OTHER_WORDS.matcher(text).find()) {
            return new Refusal("'" + cut(text) + "' is a script", "let a step bean decide, see routes/README.md");
        }
        if (CLASS_NAME.matcher(written).find()) {
            return new Refusal("'" + cut(text) + "' names a class", "use a step bean, see routes/README.md");
        }
        if (SECRET.matcher(written).find()) {
            return new Refusal("a secret seems to stand in the route",
                    "keep secrets in the configuration; routes need none");
        }
        if (HOST.matcher(written).find()) {
            return new Refusal("'" + cut(text) + "' names a host or address",
                    "put it under routes.* in the configuration, and write {{routes.NAME}}");
        }
        return null;
    }

    private static @Nullable Refusal reads(String text) {
        for (Matcher found = READ.matcher(text); found.find();) {
            if (!READS.matcher(found.group(1)).matches()) {
                return new Refusal("${" + cut(found.group(1)) + "} is not among the words of routes",
                        "use ${body}, ${body.workflow}, ${header.NAME}, ${variable.NAME}, ${exception.message} or ${date:now:yyyy-MM-dd}, "
                                + "or let a step bean do it");
            }
        }
        return null;
    }

    private static @Nullable Refusal properties(String text) {
        for (Matcher found = PLACEHOLDER.matcher(text); found.find();) {
            if (!PROPERTY.matcher(found.group(1)).matches()) {
                return new Refusal("{{" + cut(found.group(1)) + "}} is not a property for routes",
                        "keep your own under routes.*; of caravan.* there are data, drop, seam.batches, batches.* and queue");
            }
        }
        return null;
    }

    /** The first property of a text that has neither a value nor a default, or null. */
    static @Nullable String unset(String text, RouteProperties properties) {
        for (Matcher found = PLACEHOLDER.matcher(text); found.find();) {
            String key = found.group(1);
            if (key.indexOf(':') < 0 && properties.value(key) == null) {
                return key;
            }
        }
        return null;
    }

    static String cut(String text) {
        return cut(text, 60);
    }

    static String cut(String text, int longest) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= longest ? line : line.substring(0, longest) + "...";
    }
}
