package io.caravan.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.Name;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * The names of all {@code caravan.*} keys, read from {@link CaravanProperties} itself, and the search for keys that are none of them: a
 * misspelt key in a file, the environment or on the command line must not be silently without effect.
 */
final class KnownKeys {

    private static final String PREFIX = "caravan";

    private final List<String> keys = new ArrayList<>();
    private final List<Pattern> written = new ArrayList<>();
    private final List<Pattern> environment = new ArrayList<>();

    KnownKeys() {
        walk(PREFIX, CaravanProperties.class);
        for (String key : keys) {
            String pattern = uniform(key).replace(".", "\\.").replace("**", "(.+)").replace("NAME", "[^.]+");
            written.add(Pattern.compile(pattern + "(\\[.*])?"));
            String variable = key.toUpperCase(Locale.ROOT).replace(".", "_").replace("-", "_?")
                    .replace("_NAME_", "_.+_").replace("**", ".+");
            environment.add(Pattern.compile(variable + "(_\\d+_?)?"));
        }
    }

    /** Every key as one writes it, {@code NAME} where the owner names something and {@code **} where anything may follow. */
    List<String> all() {
        return List.copyOf(keys);
    }

    /** A sentence for each key that is none, with the nearest that is one. */
    List<String> problems(ConfigurableEnvironment settings) {
        TreeSet<String> problems = new TreeSet<>();
        for (PropertySource<?> source : settings.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                boolean variables = source.getName().contains("systemEnvironment");
                for (String name : enumerable.getPropertyNames()) {
                    if (variables ? unknownVariable(name) : unknown(name)) {
                        problems.add("there is no key " + name + ": did you mean " + nearest(name, variables) + "?");
                    }
                }
            }
        }
        return List.copyOf(problems);
    }

    private boolean unknown(String name) {
        String uniform = uniform(name);
        return uniform.startsWith(PREFIX + ".")
                && written.stream().noneMatch(pattern -> pattern.matcher(uniform).matches());
    }

    private boolean unknownVariable(String name) {
        // CARAVAN_TEST_...: what the test suite is told, no setting of the application
        return name.startsWith("CARAVAN_") && !name.startsWith("CARAVAN_TEST_")
                && environment.stream().noneMatch(pattern -> pattern.matcher(name).matches());
    }

    private String nearest(String name, boolean variable) {
        String asked = variable ? uniform(name.replace('_', '.')) : uniform(name);
        String best = keys.getFirst();
        int least = Integer.MAX_VALUE;
        for (String key : keys) {
            int distance = distance(letters(asked), letters(uniform(key)));
            if (distance < least) {
                least = distance;
                best = key;
            }
        }
        return variable
                ? best.toUpperCase(Locale.ROOT).replace("-", "").replace('.', '_')
                : best.replace("**", "\"DOMAIN\"");
    }

    private void walk(String prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + name(type, component);
            if (component.getType().isRecord() && nested(component.getType())) {
                walk(name, component.getType());
            } else if (component.getType() == Map.class) {
                Type value = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[1];
                if (value instanceof Class<?> record && record.isRecord()) {
                    walk(name + ".NAME", record);
                } else {
                    keys.add(name + ".**");
                }
            } else {
                keys.add(name);
            }
        }
    }

    /** A group of keys, not a value that happens to be a record. */
    private static boolean nested(Class<?> type) {
        return type.getEnclosingClass() == CaravanProperties.class;
    }

    /** The key that a component is bound to. */
    static String name(Class<?> type, RecordComponent component) {
        return Stream.of(type.getDeclaredConstructors()[0].getParameters())
                .filter(each -> each.getName().equals(component.getName()))
                .map(each -> each.getAnnotation(Name.class)).filter(java.util.Objects::nonNull).map(Name::value)
                .findFirst()
                .orElse(kebab(component.getName()));
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** As Boot compares names: dashes, underscores and case say nothing. {@code NAME} keeps its case, it is a mark. */
    private static String uniform(String key) {
        return Stream.of(key.replace("-", "").replace("_", "").split("(?=\\.)"))
                .map(part -> part.equals(".NAME") ? part : part.toLowerCase(Locale.ROOT)).reduce("", String::concat);
    }

    private static String letters(String key) {
        return key.replace(".", "");
    }

    /** Levenshtein's: how many letters must change, come or go. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int above = row[j];
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1,
                        corner + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1));
                corner = above;
            }
        }
        return row[to.length()];
    }
}
