package io.caravan.flow;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

import io.caravan.flow.RouteApi.Refusal;

/**
 * Where a step reads or sends: which components a route may use, and which of their options.
 *
 * @param scheme  {@code direct}, {@code seda}, {@code file}, {@code log}, {@code pulse}, or the seam's placeholder
 * @param path    what follows the scheme
 * @param options query and parameters together
 */
record RouteUri(String scheme, String path, Map<String, String> options) {

    private static final Map<String, Set<String>> COMPONENTS = Map.of(
            "direct", Set.of("name", "block", "timeout", "failIfNoConsumers"),
            "seda",
            Set.of("name", "size", "concurrentConsumers", "blockWhenFull", "discardWhenFull", "offerTimeout", "timeout",
                    "waitForTaskToComplete", "pollTimeout", "failIfNoConsumers", "discardIfNoConsumers"),
            "file",
            Set.of("directoryName", "fileName", "include", "exclude", "includeExt", "excludeExt", "delay",
                    "initialDelay",
                    "noop", "idempotent", "sortBy", "readLock", "readLockMinAge", "readLockMinLength",
                    "readLockCheckInterval",
                    "readLockTimeout", "readLockMarkerFile", "readLockLoggingLevel", "fileExist", "appendChars",
                    "charset",
                    "maxMessagesPerPoll", "autoCreate", "startingDirectoryMustExist", "directoryMustExist",
                    "allowNullBody"),
            "log",
            Set.of("loggerName", "level", "groupSize", "groupInterval", "showHeaders", "showBody", "showBodyType",
                    "multiline"),
            "pulse",
            Set.of("cron", "trigger.repeatInterval", "trigger.repeatCount", "trigger.timeZone", "stateful",
                    "triggerStartDelay"),
            RouteWords.SEAM,
            Set.of("size", "concurrentConsumers", "blockWhenFull", "pollTimeout", "consumersCount", "groupId"));

    private static final Map<String, String> PATH_OPTION = Map.of("direct", "name", "seda", "name", "file",
            "directoryName", "log",
            "loggerName");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern DYNAMIC_NAME = Pattern.compile("([A-Za-z0-9._-]|\\$\\{[^}]*}|\\{\\{[^}]*}})+");
    private static final Pattern FOLDER = Pattern
            .compile("\\{\\{(caravan\\.(data|drop)|routes\\.[A-Za-z0-9._-]+)}}(/[A-Za-z0-9_-]+)*");
    private static final Pattern FILE_NAME = Pattern.compile("([A-Za-z0-9_-]|(?<!\\.)\\.|\\$\\{[^}]*}|\\{\\{[^}]*}})+");

    /** Of a {@code from}, {@code to}, {@code toD} or {@code wireTap}, whose mapping has {@code uri} and perhaps {@code parameters}. */
    static RouteUri of(Node owner) {
        String uri = RouteYaml.text(RouteYaml.child(owner, "uri"));
        Map<String, String> options = new LinkedHashMap<>();
        int query = uri.indexOf('?');
        String head = query < 0 ? uri : uri.substring(0, query);
        if (query >= 0) {
            for (String pair : uri.substring(query + 1).split("&")) {
                int equals = pair.indexOf('=');
                options.put(equals < 0 ? pair : pair.substring(0, equals),
                        equals < 0 ? "" : pair.substring(equals + 1));
            }
        }
        if (RouteYaml.child(owner, "parameters") instanceof MappingNode given) {
            given.getValue()
                    .forEach(t -> options.put(RouteYaml.text(t.getKeyNode()), RouteYaml.text(t.getValueNode())));
        }
        if (head.startsWith("{{")) {
            return new RouteUri(head, "", options);
        }
        int colon = head.indexOf(':');
        String scheme = colon < 0 ? head : head.substring(0, colon);
        String path = colon < 0
                ? options.getOrDefault(PATH_OPTION.getOrDefault(scheme, ""), "")
                : head.substring(colon + 1).replaceFirst("^//", "");
        return new RouteUri(scheme, path, options);
    }

    /** Why a route may not use it, or null. {@code dynamic}: a {@code toD}, where the name may have {@code ${...}} in it. */
    @Nullable
    Refusal refusal(boolean dynamic) {
        Set<String> known = COMPONENTS.get(scheme);
        if (known == null) {
            return new Refusal("'" + RouteWords.cut(scheme) + "' is no component for routes",
                    "use direct, seda, file, log, pulse or " + RouteWords.SEAM
                            + ", or call a step bean; no other is allowed");
        }
        for (String option : options.keySet()) {
            if (!known.contains(option)) {
                return new Refusal("'" + RouteWords.cut(option) + "' is no option of " + scheme + " for routes",
                        "use one of " + String.join(", ", new TreeSet<>(known)));
            }
        }
        return switch (scheme) {
            case "direct", "seda", "pulse" -> (dynamic ? DYNAMIC_NAME : NAME).matcher(path).matches()
                    ? null
                    : new Refusal("'" + RouteWords.cut(path) + "' is no name for " + scheme,
                            "use letters, digits, - and _" + (dynamic ? "" : "; a name with ${...} wants toD"));
            case "file" -> file();
            default -> null;
        };
    }

    private @Nullable Refusal file() {
        if (!FOLDER.matcher(path).matches()) {
            return new Refusal("'" + RouteWords.cut(path) + "' is no folder for routes",
                    "begin it with {{caravan.data}}, {{caravan.drop}} or {{routes.NAME}}, and use plain names after it");
        }
        String name = options.get("fileName");
        if (name != null && !FILE_NAME.matcher(name).matches()) {
            return new Refusal("'" + RouteWords.cut(name) + "' is no file name for routes",
                    "use letters, digits, -, _, . and ${...}, without folders");
        }
        String order = options.get("sortBy");
        return order == null || order.matches("(reverse:)?file:(name|modified|size)")
                ? null
                : new Refusal("'" + RouteWords.cut(order) + "' is no order for files",
                        "use file:name, file:modified or file:size");
    }
}
