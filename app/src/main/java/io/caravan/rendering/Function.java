package io.caravan.rendering;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The functions of templates, {@code ${upper(name)}}; each takes one text and gives one. */
enum Function {
    UPPER, LOWER, TRIM, CAPITALIZE, URL;

    String apply(String text) {
        return switch (this) {
            case UPPER -> text.toUpperCase(Locale.ROOT);
            case LOWER -> text.toLowerCase(Locale.ROOT);
            case TRIM -> text.strip();
            case CAPITALIZE -> text.isEmpty()
                    ? text
                    : text.substring(0, text.offsetByCodePoints(0, 1)).toUpperCase(Locale.ROOT)
                            + text.substring(text.offsetByCodePoints(0, 1));
            case URL -> URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20"); // RFC 3986 section 2.1
        };
    }
}
