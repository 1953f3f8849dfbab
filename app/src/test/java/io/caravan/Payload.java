package io.caravan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Something that a stranger writes where a name is expected. Kept with a mark behind it, so that it is known again wherever it is shown, and
 * so that what it swallowed or became is seen: a text with the mark and without the payload before it.
 *
 * @param n    its number
 * @param what what it tries
 * @param text the payload itself
 */
public record Payload(int n, String what, String text) {

    /** {@code zq7c3z}: payload 7 in field 3. Letters and digits, so that no encoding changes it. */
    public static final Pattern MARK = Pattern.compile("zq(\\d+)c(\\d+)z");

    private static final Path FILE = Path.of("app/src/test/corpora/hostile/payloads.json");
    /** What runs if anything does; it tells the page, the one around it, the person, and the canary. */
    private static final String RUN = "window.__owned=1;top.__owned=1;alert(1);new Image().src='{HOME}run'";
    private static final int OVERLONG = 500;

    /** @param home the canary's address, with a slash at its end */
    public static List<Payload> all(String home) {
        List<Payload> all = new ArrayList<>();
        for (JsonNode line : JsonMapper.builder().build().readTree(FILE.toFile())) {
            all.add(new Payload(all.size(), line.get("what").asString(),
                    line.get("text").asString().replace("{RUN}", RUN).replace("{HOME}", home)));
        }
        return all;
    }

    /** As it is kept in a field that is long enough. */
    public String in(int field) {
        return text + mark(field);
    }

    /** The same for a field of a bounded length: what does not fit is left out of the payload, never of the mark. */
    public String in(int field, int longest) {
        int end = Math.min(text.length(), longest - mark(field).length());
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + mark(field);
    }

    private String mark(int field) {
        return "zq" + n + "c" + field + "z";
    }

    /** True if a page shows it whole: white space and what cannot be seen may be shown in another way, everything else as it is. */
    public static boolean isShown(String kept, String shown) {
        return bare(shown).contains(bare(lastLine(kept)));
    }

    /** Lines may be shown one by one, with something of ours between them. */
    private static String lastLine(String text) {
        int mark = text.lastIndexOf("zq");
        int line = Math.max(text.lastIndexOf('\n', mark), text.lastIndexOf('\r', mark));
        return text.substring(line + 1);
    }

    private static String bare(String text) {
        return text.replaceAll("[\\p{Cc}\\s\\u2028\\u2029\\uFFFD\\u2400-\\u2426]+", "")
                .toLowerCase(java.util.Locale.ROOT);
    }
}
