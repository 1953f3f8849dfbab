package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A DNS written down by a test. */
final class WrittenNames implements Names {

    private final Map<String, List<String>> records = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private final Set<String> faulty = new HashSet<>();
    int looked;

    WrittenNames with(Type type, String name, String... values) {
        String key = key(name);
        for (String value : values) {
            records.computeIfAbsent(type + " " + key, any -> new ArrayList<>()).add(value);
        }
        know(key);
        return this;
    }

    WrittenNames withAlias(String name, String target) {
        aliases.put(key(name), key(target));
        know(key(name));
        return this;
    }

    /** What is not written for the name cannot be looked up now. */
    WrittenNames withFault(String name) {
        faulty.add(key(name));
        return this;
    }

    boolean has(Type type, String name) {
        return records.containsKey(type + " " + key(name));
    }

    @Override
    public Answer look(Type type, String name) {
        looked++;
        if (!DomainName.canBeAsked(name)) {
            throw new IllegalArgumentException("'" + name + "' must not be asked");
        }
        String key = key(name);
        for (int i = 0; i < 8 && aliases.containsKey(key); i++) {
            key = aliases.getOrDefault(key, key);
        }
        List<String> found = records.get(type + " " + key);
        if (found != null && !found.isEmpty()) {
            return new Answer.Found(found);
        }
        return faulty.contains(key)
                ? new Answer.Fault(type + " of " + name + ": no answer")
                : new Answer.None(known.contains(key(name)));
    }

    /** A name exists if it or one below it has a record (RFC 8020). */
    private void know(String key) {
        for (String name = key;; name = name.substring(name.indexOf('.') + 1)) {
            known.add(name);
            if (name.indexOf('.') < 0) {
                return;
            }
        }
    }

    private static String key(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        return key.endsWith(".") ? key.substring(0, key.length() - 1) : key;
    }
}
