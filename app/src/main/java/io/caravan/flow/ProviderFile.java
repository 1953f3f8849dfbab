package io.caravan.flow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import io.caravan.mail.InvalidInput;
import io.caravan.transport.Providers;
import io.caravan.transport.Providers.Rule;

/** The table of large providers: {@code providers.yaml} as it is packed, or the owner's in its place. */
public final class ProviderFile {

    private static final String PACKED = "/providers.yaml";

    private ProviderFile() {
    }

    /**
     * @param own replaces the packed one if it exists
     * @throws InvalidInput with every problem of the file
     */
    public static List<Rule> read(Path own) {
        try {
            if (Files.exists(own)) {
                return parse(own.toString(), Files.readString(own));
            }
            try (InputStream packed = ProviderFile.class.getResourceAsStream(PACKED)) {
                if (packed == null) {
                    throw new IllegalStateException("this jar lacks " + PACKED);
                }
                return parse(PACKED, new String(packed.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + own, e);
        }
    }

    static List<Rule> parse(String file, String text) {
        Object root;
        try {
            root = new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new InvalidInput(file + ": this is no YAML: " + e.getMessage());
        }
        if (!(root instanceof Map<?, ?> providers)) {
            throw new InvalidInput(file + ": write NAME: {mx: [...], domains: [...]} for each provider");
        }
        List<Rule> rules = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        providers.forEach((name, about) -> rule(file + ": " + name, String.valueOf(name), about, rules, problems));
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return rules;
    }

    private static void rule(String where, String name, @Nullable Object about, List<Rule> rules,
            List<String> problems) {
        if (!(about instanceof Map<?, ?> fields)) {
            problems.add(where + ": write {mx: [...], domains: [...]}");
            return;
        }
        fields.keySet().stream().map(String::valueOf)
                .filter(key -> !List.of("mx", "domains", "connections").contains(key))
                .forEach(key -> problems.add(where + ": '" + key + "' is not known: write mx, domains or connections"));
        int connections = Providers.LARGE;
        if (fields.get("connections") instanceof Object written) {
            if (written instanceof Integer number && number >= 1 && number <= 200) {
                connections = number;
            } else {
                problems.add(where + ": connections: " + written + " is not possible: give 1 to 200");
            }
        }
        rules.add(new Rule(name, names(where + ".mx", fields.get("mx"), problems),
                names(where + ".domains", fields.get("domains"), problems), connections));
    }

    private static List<String> names(String where, @Nullable Object written, List<String> problems) {
        if (written == null) {
            return List.of();
        }
        if (written instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        problems.add(where + ": write a list of names, [a.example, b.example]");
        return List.of();
    }
}
