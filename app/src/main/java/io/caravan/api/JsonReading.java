package io.caravan.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

import io.caravan.api.Refused.Fault;

/** One body that is being read, and what was found wrong in it; where that stands is looked for only when something is. */
final class JsonReading {

    private record Found(String pointer, String code, String message) {
    }

    private final byte[] body;
    private final List<Found> found = new ArrayList<>();

    JsonReading(byte[] body) {
        this.body = body;
    }

    void unknownKey(@Nullable JsonParser parser, String name, Collection<String> known) {
        String parent = parent(pointer(parser), name);
        String nearest = JsonFaults.nearest(name, known);
        found.add(new Found(parent + "/" + name.replace("~", "~0").replace("/", "~1"), "unknown_key",
                "there is no key " + field(parent + "/" + name)
                        + (nearest == null ? "" : "; the nearest is " + field(parent + "/" + nearest))));
    }

    /** The reader stands at the key, or behind the object that has it. */
    private static String parent(String pointer, String name) {
        return pointer.endsWith("/" + name) ? pointer.substring(0, pointer.length() - name.length() - 1) : pointer;
    }

    void wrongType(@Nullable JsonParser parser, Class<?> wanted, String value) {
        String pointer = pointer(parser);
        found.add(new Found(pointer, "wrong_type", (pointer.isEmpty() ? "the body" : field(pointer)) + " is " + value
                + "; it must be " + JsonFaults.words(wanted)));
    }

    private static String pointer(@Nullable JsonParser parser) {
        return parser == null ? "" : parser.streamReadContext().pathAsPointer().toString();
    }

    /** {@code audience.exclude[1]}. */
    private static String field(String pointer) {
        return pointer.substring(pointer.isEmpty() ? 0 : 1).replaceAll("/(\\d+)(?=/|$)", "[$1]").replace('/', '.')
                .replace("~1", "/").replace("~0", "~");
    }

    /** In the order of the body. */
    List<Fault> faults() {
        if (found.isEmpty()) {
            return List.of();
        }
        Map<String, TokenStreamLocation> places = places();
        return found.stream()
                .sorted(Comparator.comparing(each -> places.get(each.pointer()),
                        Comparator.nullsLast(Comparator.comparingLong(TokenStreamLocation::getByteOffset))))
                .map(each -> new Fault(field(each.pointer()), each.code(),
                        each.message() + JsonFaults.at(places.get(each.pointer()))))
                .toList();
    }

    private Map<String, TokenStreamLocation> places() {
        Map<String, TokenStreamLocation> places = new HashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), body)) {
            while (parser.nextToken() != null) {
                places.putIfAbsent(pointer(parser), parser.currentTokenLocation());
            }
        } catch (JacksonException e) {
            return places; // the rest is no JSON, which is said as well
        }
        return places;
    }
}
