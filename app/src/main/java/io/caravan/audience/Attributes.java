package io.caravan.audience;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A contact's attributes as a JSON object of strings (RFC 8259), keys in order, so that equal attributes are equal texts. */
final class Attributes {

    private final String json;
    private int at;

    private Attributes(String json) {
        this.json = json;
    }

    static String write(Map<String, String> attributes) {
        StringBuilder out = new StringBuilder(16 + 32 * attributes.size()).append('{');
        new TreeMap<>(attributes).forEach((name, value) -> {
            if (out.length() > 1) {
                out.append(',');
            }
            quote(out, name);
            out.append(':');
            quote(out, value);
        });
        return out.append('}').toString();
    }

    /** A JSON array of strings, for JSON_TABLE. */
    static String array(List<String> texts) {
        StringBuilder out = new StringBuilder(32 * texts.size()).append('[');
        for (String text : texts) {
            if (out.length() > 1) {
                out.append(',');
            }
            quote(out, text);
        }
        return out.append(']').toString();
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /** Reads any JSON object of strings. */
    static Map<String, String> read(String json) {
        return new Attributes(json).object();
    }

    private Map<String, String> object() {
        Map<String, String> attributes = new LinkedHashMap<>();
        expect('{');
        while (peek() != '}') {
            String name = string();
            expect(':');
            attributes.put(name, string());
            if (peek() == ',') {
                at++;
            }
        }
        return attributes;
    }

    private char peek() {
        while (at < json.length() && json.charAt(at) <= ' ') {
            at++;
        }
        if (at >= json.length()) {
            throw damaged();
        }
        return json.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw damaged();
        }
        at++;
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (true) {
            if (at >= json.length()) {
                throw damaged();
            }
            char c = json.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        char c = json.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(json, at - 4, at, 16);
            }
            default -> c;
        };
    }

    private IllegalStateException damaged() {
        return new IllegalStateException("stored attributes are no JSON object of strings (at character " + at + ")");
    }
}
