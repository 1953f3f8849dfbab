package io.caravan.rendering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Range;
import org.jsoup.parser.Parser;
import org.jsoup.select.Selector;

import io.caravan.mail.InvalidInput;

/**
 * Moves the rules of {@code <style>} to the elements, since many mail readers know no style sheets. Works on the compiled template and
 * only ever inserts {@code style} attributes and shortens {@code <style>}: all other bytes, and the numbers of expressions, stay.
 */
final class StyleInliner {

    private static final long MOST_TRIES = 4_000_000;
    private static final Pattern START = Pattern.compile("<style[\\s>]", Pattern.CASE_INSENSITIVE);
    private static final Pattern START_OF_END = Pattern.compile("</style(?=[\\s>])", Pattern.CASE_INSENSITIVE);
    private static final int SHEET = 0;
    private static final int OWN = 1; // an element's own style beats every sheet, but not what is important in one
    private static final int IMPORTANT = 2;

    private record Edit(int from, int to, String text) {
    }

    private record Candidate(int rank, int specificity, StyleSheet.Declaration declaration) {
    }

    private final String html;
    private final Document document;
    private final Map<Element, List<Candidate>> candidates = new IdentityHashMap<>();
    private final List<Edit> edits = new ArrayList<>();

    private StyleInliner(String html) {
        this.html = html;
        this.document = Jsoup.parse(html, "", Parser.htmlParser().setTrackPosition(true));
    }

    /** @throws InvalidInput if rules times elements are more than a machine should have to try */
    static String inline(String html, String file) {
        return START.matcher(html).find() ? new StyleInliner(html).inline(file) : html;
    }

    private String inline(String file) {
        long elements = document.getAllElements().size();
        for (Element style : document.select("style")) {
            String media = style.attr("media").strip();
            if (media.isEmpty() || media.equals("all") || media.equals("screen")) {
                StyleSheet sheet = StyleSheet.parse(style.data());
                if (sheet.rules().size() * elements > MOST_TRIES) {
                    throw new InvalidInput(
                            file + ":1: a style sheet of " + sheet.rules().size() + " rules for " + elements
                                    + " elements; take out the rules that the mail does not use");
                }
                sheet(style, sheet);
            }
        }
        candidates.forEach(this::element);
        StringBuilder out = new StringBuilder(html);
        edits.stream().sorted(Comparator.comparingInt(Edit::from).reversed())
                .forEach(edit -> out.replace(edit.from, edit.to, edit.text));
        return out.toString();
    }

    private void sheet(Element style, StyleSheet sheet) {
        StringBuilder rest = new StringBuilder(sheet.rest());
        for (StyleSheet.Rule rule : sheet.rules()) {
            try {
                document.select(rule.selector()).forEach(element -> offer(element, rule));
            } catch (Selector.SelectorParseException e) {
                rest.append(rule.selector()).append(" {");
                rule.declarations().forEach(one -> rest.append(one.property()).append(": ").append(one.value())
                        .append(one.important() ? " !important; " : "; "));
                rest.append("}\n");
            }
        }
        Range start = style.sourceRange();
        int end = START_OF_END.matcher(html).region(Math.max(0, start.endPos()), html.length()).results().findFirst()
                .map(MatchResult::start).orElse(-1);
        if (start.isTracked() && end >= 0) {
            edits.add(rest.isEmpty()
                    ? new Edit(start.startPos(), html.indexOf('>', end) + 1, "")
                    : new Edit(start.endPos(), end, "\n" + rest));
        }
    }

    private void offer(Element element, StyleSheet.Rule rule) {
        boolean visible = element.closest("head") == null && !element.tagName().contains(":");
        if (visible && element.sourceRange().isTracked() && !element.sourceRange().isImplicit()) {
            List<Candidate> mine = candidates.computeIfAbsent(element, e -> new ArrayList<>());
            for (StyleSheet.Declaration one : rule.declarations()) {
                mine.add(new Candidate(one.important() ? IMPORTANT : SHEET, rule.specificity(), one));
            }
        }
    }

    private void element(Element element, List<Candidate> offered) {
        List<Candidate> all = new ArrayList<>(offered);
        for (StyleSheet.Declaration own : StyleSheet.declarations(element.attr("style"))) {
            all.add(new Candidate(own.important() ? IMPORTANT + 1 : OWN, 0, own));
        }
        all.sort(Comparator.comparingInt(Candidate::rank).thenComparingInt(Candidate::specificity)); // stable: later rules win
        Map<String, String> style = new LinkedHashMap<>();
        for (Candidate one : all) {
            String property = one.declaration.property();
            style.remove(property); // to the end: a shorthand must not come after what refines it
            style.put(property, one.declaration.value() + (one.rank > IMPORTANT ? " !important" : ""));
        }
        StringBuilder text = new StringBuilder();
        style.forEach((property, value) -> text.append(text.isEmpty() ? "" : "; ").append(property).append(": ")
                .append(value));
        write(element, text.toString().replace("\"", "'").replace("&", "&amp;").replace("<", "&lt;"));
    }

    private void write(Element element, String style) {
        if (element.hasAttr("style")) {
            Range.AttributeRange range = element.attributes().sourceRange("style");
            int from = range.nameRange().startPos();
            int to = range.valueRange().endPos();
            boolean quoted = to < html.length() && to > 0 && (html.charAt(to) == '"' || html.charAt(to) == '\'')
                    && html.substring(range.nameRange().endPos(), range.valueRange().startPos())
                            .indexOf(html.charAt(to)) >= 0;
            edits.add(new Edit(from, quoted ? to + 1 : to, "style=\"" + style + "\""));
        } else {
            int after = element.sourceRange().startPos() + 1 + element.tagName().length();
            edits.add(new Edit(after, after, " style=\"" + style + "\""));
        }
    }
}
