package io.caravan.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The one stylesheet and the templates say the same: no rule without a use, no class without a rule, no selector twice in one place. */
class StylesheetTest {

    private static final Path STYLES = Path.of("app/src/main/resources/static/caravan.css");
    private static final Path PAGES = Path.of("templates/web");
    private static final Path WEB = Path.of("app/src/main/java/io/caravan/web");
    private static final Pattern RULE = Pattern.compile("([^{}]+)\\{([^{}]*)}");
    private static final Pattern CLASS = Pattern.compile("\\.([A-Za-z_][\\w-]*)");
    private static final Pattern PLAIN = Pattern.compile("[ <]class=\"([^\"]*)\"");
    private static final Pattern WORKED_OUT = Pattern.compile("th:class(?:append)?=\"([^\"]*)\"");
    private static final Pattern LITERAL = Pattern.compile("'([^']*)'|\\|([^|]*)\\|");
    private static final Pattern JAVA_LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");

    @Test
    void noRuleIsWithoutAUse() {
        Set<String> used = used();
        used.addAll(words(sources(WEB, ".java"), JAVA_LITERAL)); // kinds and looks that a template only passes on

        assertThat(known()).filteredOn(name -> !used.contains(name) && !isOfAState(name)).isEmpty();
    }

    @Test
    void noClassIsWithoutARule() {
        Set<String> known = known();

        assertThat(used()).filteredOn(name -> !known.contains(name)).isEmpty();
    }

    @Test
    void noSelectorComesTwiceUnlessItSaysSomethingElse() {
        List<String> outside = rules(withoutMedia(css())).map(rule -> rule.group(1).strip()).toList();

        assertThat(outside).doesNotHaveDuplicates();
    }

    /** {@code is-running}, {@code s-accepted}: made of a state's word. */
    private static boolean isOfAState(String name) {
        return name.startsWith("is-") || name.startsWith("s-");
    }

    private static Set<String> known() {
        return rules(css()).map(rule -> rule.group(1)).flatMap(selector -> CLASS.matcher(selector).results())
                .map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** In the templates, as they stand or as a word of an expression. */
    private static Set<String> used() {
        Set<String> used = new HashSet<>();
        for (String template : sources(PAGES, ".html")) {
            used.addAll(words(List.of(template), PLAIN));
            WORKED_OUT.matcher(template).results().map(found -> found.group(1).replaceAll("[=!]= '[^']*'", ""))
                    .forEach(expression -> used.addAll(words(List.of(expression), LITERAL)));
        }
        used.removeIf(name -> name.contains("$"));
        return used;
    }

    private static Set<String> words(List<String> texts, Pattern literal) {
        Set<String> words = new HashSet<>();
        for (String text : texts) {
            literal.matcher(text).results().forEach(found -> {
                for (int group = 1; group <= found.groupCount(); group++) {
                    if (found.group(group) != null) {
                        words.addAll(List.of(found.group(group).strip().split("\\s+")));
                    }
                }
            });
        }
        words.remove("");
        return words;
    }

    private static Stream<MatchResult> rules(String css) {
        return RULE.matcher(css).results();
    }

    private static String css() {
        return read(STYLES).replaceAll("(?s)/\\*.*?\\*/", "");
    }

    private static String withoutMedia(String css) {
        return css.replaceAll("(?s)@media[^{]*\\{(?:[^{}]*\\{[^{}]*})*[^{}]*}", "");
    }

    private static List<String> sources(Path root, String ending) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(ending)).map(StylesheetTest::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
