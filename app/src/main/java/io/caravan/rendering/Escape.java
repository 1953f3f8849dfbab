package io.caravan.rendering;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Makes values safe for the place they stand in. */
final class Escape {

    private static final Set<String> LINKS = Set.of("http", "https", "mailto", "tel", "sms", "cid");
    private static final List<String> PICTURES = List.of("http:", "https:", "cid:", "data:image/");

    private Escape() {
    }

    /** For HTML text and quoted attribute values. */
    static String html(String text) {
        int first = 0;
        while (first < text.length() && plain(text.charAt(first))) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean plain(char c) {
        return c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
    }

    /** A target of href or src: one that a person's data turned into a script goes nowhere. */
    static String target(String attribute, String url) {
        StringBuilder bare = new StringBuilder(url.length());
        url.chars().filter(c -> c > ' ' && c != 0x7f && !Character.isISOControl(c)).forEach(c -> bare.append((char) c));
        String lower = bare.toString().toLowerCase(Locale.ROOT);
        int colon = lower.indexOf(':');
        boolean scheme = colon > 0 && lower.chars().limit(colon).noneMatch(c -> c == '/' || c == '?' || c == '#');
        if (!scheme) {
            return url;
        }
        boolean good = attribute.equals("src") || attribute.equals("background")
                ? PICTURES.stream().anyMatch(lower::startsWith)
                : LINKS.contains(lower.substring(0, colon));
        return good ? url : "#";
    }
}
