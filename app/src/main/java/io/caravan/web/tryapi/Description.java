package io.caravan.web.tryapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.caravan.web.tryapi.Call.Input;
import io.caravan.web.tryapi.Call.Part;

/** Reads an OpenAPI document into calls to try. */
final class Description {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Schemas may hold themselves. */
    private static final int DEEPEST = 6;
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    private final JsonNode document;

    Description(byte[] document) {
        this.document = JSON.readTree(document);
    }

    /** By tag, in the order of paths. */
    Map<String, List<Call>> calls() {
        Map<String, List<Call>> byTag = new TreeMap<>();
        document.path("paths").forEachEntry((path, item) -> METHODS.forEach(method -> {
            if (item.has(method)) {
                Call call = call(method, path, item.get(method));
                byTag.computeIfAbsent(call.tag(), _ -> new ArrayList<>()).add(call);
            }
        }));
        return byTag;
    }

    private Call call(String method, String path, JsonNode operation) {
        List<Input> inputs = new ArrayList<>();
        operation.path("parameters").forEach(each -> inputs.add(input(each)));
        String type = "";
        String body = "";
        List<Part> parts = List.of();
        JsonNode contents = operation.path("requestBody").path("content");
        if (!contents.isEmpty()) {
            type = contents.has("application/json") ? "application/json" : contents.propertyNames().iterator().next();
            JsonNode schema = contents.get(type).path("schema");
            if (type.startsWith("multipart/")) {
                parts = parts(resolved(schema));
            } else {
                body = type.endsWith("json") ? example(schema, 0).toPrettyString() : "";
            }
        }
        String tag = operation.path("tags").path(0).asString("Other");
        return new Call(operation.path("operationId").asString(""), method.toUpperCase(Locale.ROOT), path, tag,
                operation.path("summary").asString(path), operation.path("description").asString(""), inputs, type,
                body, parts);
    }

    private Input input(JsonNode parameter) {
        JsonNode schema = resolved(parameter.path("schema"));
        List<String> hint = new ArrayList<>();
        if (parameter.has("description")) {
            hint.add(parameter.get("description").asString());
        }
        if (schema.has("enum")) {
            List<String> words = new ArrayList<>();
            schema.get("enum").forEach(word -> words.add(word.asString()));
            hint.add("one of " + String.join(", ", words));
        } else if (hint.isEmpty()) {
            hint.add(kind(schema));
        }
        return new Input(parameter.path("name").asString(), parameter.path("in").asString(),
                parameter.path("required").asBoolean(false), String.join("; ", hint),
                schema.path("default").asString(""));
    }

    private List<Part> parts(JsonNode schema) {
        Map<String, Part> parts = new LinkedHashMap<>();
        schema.path("properties").forEachEntry((name, property) -> {
            JsonNode of = resolved(property);
            parts.put(name, new Part(name, of.path("format").asString("").equals("binary")
                    || of.path("contentMediaType").asString("").equals("application/octet-stream")));
        });
        return List.copyOf(parts.values());
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.startsWith("#/") ? document.at(reference.substring(1)) : schema;
    }

    /** In 3.1 a type may be a list that allows null. */
    private static String kind(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (!each.asString().equals("null")) {
                    return each.asString();
                }
            }
        }
        return type.asString(schema.has("properties") ? "object" : "");
    }

    private JsonNode example(JsonNode given, int depth) {
        JsonNode schema = resolved(given);
        JsonNodeFactory made = JsonNodeFactory.instance;
        if (schema.has("example")) {
            return schema.get("example");
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(0);
        }
        return switch (kind(schema)) {
            case "object" -> {
                ObjectNode object = made.objectNode();
                if (depth < DEEPEST) {
                    schema.path("properties")
                            .forEachEntry((name, property) -> object.set(name, example(property, depth + 1)));
                }
                yield object;
            }
            case "array" -> depth < DEEPEST
                    ? made.arrayNode().add(example(schema.path("items"), depth + 1))
                    : made.arrayNode();
            case "integer", "number" -> made.numberNode(0);
            case "boolean" -> made.booleanNode(false);
            case "string" -> made.stringNode("");
            default -> made.nullNode();
        };
    }
}
