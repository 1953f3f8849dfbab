package io.caravan.shaping;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import io.caravan.mail.InvalidInput;

/**
 * Words in a row, as a rule writes them: {@code [recipient] (user|mailbox) unknown}. {@code (a|b)} is one of several words, {@code [a]} may
 * be missing, {@code pre*} and {@code *post} stand for the rest of a word, {@code ...} for up to four words of any kind.
 *
 * <p>Compared word by word by all readings at once (a set of states, no going back), so the cost is words times elements whatever is
 * written and whatever a server answers.
 */
final class Phrase {

    private static final int LONGEST = 40;
    private static final int GAP = 4;
    private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern ELEMENT = Pattern
            .compile("\\.\\.\\.|\\([^()\\[\\]]+\\)|\\[[^()\\[\\]]+\\]|[^()\\[\\]\\s]+");

    /** One place of the phrase. No words: any word will do. */
    private record Element(List<String> words, boolean optional) {
        boolean takes(String word) {
            if (words.isEmpty()) {
                return true;
            }
            for (String mine : words) {
                if (matches(mine, word)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean matches(String mine, String word) {
            boolean anyBefore = mine.charAt(0) == '*';
            boolean anyAfter = mine.charAt(mine.length() - 1) == '*';
            if (!anyBefore && !anyAfter) {
                return mine.equals(word);
            }
            String core = mine.substring(anyBefore ? 1 : 0, mine.length() - (anyAfter ? 1 : 0));
            return anyBefore && anyAfter
                    ? word.contains(core)
                    : anyBefore ? word.endsWith(core) : word.startsWith(core);
        }
    }

    private final List<Element> elements;
    /** Words of which one must be there; empty: unknown. Looked for first, since most phrases are not in most replies. */
    private final Set<String> anchors;

    private Phrase(List<Element> elements) {
        this.elements = elements;
        anchors = elements.stream().filter(element -> !element.optional() && !element.words().isEmpty()
                && element.words().stream().noneMatch(word -> word.indexOf('*') >= 0)).findFirst()
                .map(element -> Set.copyOf(element.words())).orElse(Set.of());
    }

    /** @throws InvalidInput for what is no phrase, with what to write instead */
    static Phrase parse(String written) {
        List<Element> elements = new ArrayList<>();
        var found = ELEMENT.matcher(written);
        int end = 0;
        while (found.find()) {
            refuseBetween(written, end, found.start());
            end = found.end();
            String one = found.group();
            if (one.equals("...")) {
                for (int i = 0; i < GAP; i++) {
                    elements.add(new Element(List.of(), true));
                }
            } else if (one.startsWith("(")) {
                elements.add(new Element(alternatives(written, inside(one)), false));
            } else if (one.startsWith("[")) {
                elements.add(new Element(alternatives(written, inside(one)), true));
            } else {
                wordsOf(written, one).forEach(word -> elements.add(new Element(List.of(word), false)));
            }
        }
        refuseBetween(written, end, written.length());
        if (elements.stream().allMatch(Element::optional)) {
            throw new InvalidInput(
                    "'" + written + "' would be found in every reply: give at least one word that must stand there");
        }
        if (elements.size() > LONGEST) {
            throw new InvalidInput(
                    "'" + written + "' has more than " + LONGEST + " words: give the few that tell it apart");
        }
        return new Phrase(List.copyOf(elements));
    }

    /** The words of a reply: lower case, no accents, no apostrophes; what holds an @ is left out, since somebody may be called spam. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String token : plain(text).split("\\s+")) {
            if (token.indexOf('@') < 0) {
                for (String word : NOT_A_WORD.split(token)) {
                    if (!word.isEmpty()) {
                        words.add(word);
                    }
                }
            }
        }
        return words;
    }

    /** @param known the same words as a set */
    boolean isIn(List<String> words, Set<String> known) {
        if (!anchors.isEmpty() && anchors.stream().noneMatch(known::contains)) {
            return false;
        }
        long whole = 1L << elements.size();
        long states = 0;
        for (String word : words) {
            states = past(1 | states);
            long next = 0;
            for (int i = 0; i < elements.size(); i++) {
                if ((states & (1L << i)) != 0 && elements.get(i).takes(word)) {
                    next |= 1L << (i + 1);
                }
            }
            states = next;
            if ((past(states) & whole) != 0) {
                return true;
            }
        }
        return false;
    }

    /** The same states, and those that are reached by leaving out what may be missing. */
    private long past(long states) {
        long all = states;
        for (int i = 0; i < elements.size(); i++) {
            if ((all & (1L << i)) != 0 && elements.get(i).optional()) {
                all |= 1L << (i + 1);
            }
        }
        return all;
    }

    private static String plain(String text) {
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        return MARKS.matcher(decomposed).replaceAll("").replace("'", "").replace("\u2019", "");
    }

    private static String inside(String bracketed) {
        return bracketed.substring(1, bracketed.length() - 1);
    }

    private static List<String> alternatives(String written, String inside) {
        Set<String> words = new HashSet<>();
        for (String one : inside.split("\\|", -1)) {
            List<String> own = wordsOf(written, one);
            if (own.size() != 1) {
                throw new InvalidInput("'" + written + "': '" + one.strip()
                        + "' is not one word; between brackets write single words with | in between, and a phrase of its own for the rest");
            }
            words.add(own.getFirst());
        }
        return List.copyOf(words);
    }

    private static List<String> wordsOf(String written, String text) {
        String one = plain(text).strip();
        if (one.indexOf('*') < 0) {
            return List.of(NOT_A_WORD.split(one)).stream().filter(word -> !word.isEmpty()).toList();
        }
        String core = one.replaceAll("^\\*|\\*$", "");
        if (core.isEmpty() || NOT_A_WORD.matcher(core).find()) {
            throw new InvalidInput("'" + written + "': in '" + text.strip()
                    + "' the star is not at the beginning or end of a word; ... stands for whole words");
        }
        return List.of(one);
    }

    private static void refuseBetween(String written, int from, int to) {
        if (!written.substring(from, to).isBlank()) {
            throw new InvalidInput("'" + written + "': a bracket is not closed, or stands within another; close it");
        }
    }
}
