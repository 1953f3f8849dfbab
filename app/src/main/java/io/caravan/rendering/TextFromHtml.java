package io.caravan.rendering;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.attoparser.AbstractMarkupHandler;
import org.attoparser.MarkupParser;
import org.attoparser.ParseException;
import org.unbescape.html.HtmlEscape;

/**
 * Makes a text template from a compiled HTML template: tests and loops stay, links become {@code text (address)}, lists, headings and
 * tables are written as people do in plain text. Runs once per mailing, over the elements as the engine sees them: a tree as browsers
 * build it would move loops out of tables.
 */
final class TextFromHtml extends AbstractMarkupHandler {

    private static final Set<String> LEFT_OUT = Set.of("head", "style", "script", "template", "noscript");
    private static final Set<String> PARAGRAPHS = Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table",
            "blockquote", "pre",
            "dl", "figure");
    private static final Set<String> LINES = Set.of("div", "tr", "li", "section", "article", "header", "footer",
            "center", "dt", "dd",
            "address", "caption", "main", "nav", "figcaption");
    private static final List<String> KEPT = List.of("each", "switch", "case", "if", "unless", "with");

    private final TextFlow flow;
    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<String, String> attributes = new HashMap<>();
    private int hidden; // elements open below one that is left out, itself included

    /** An element being read: what is to be written at its end. */
    private static final class Open {
        private final String name;
        private final Map<String, String> attributes;
        private final int begin;
        private boolean bracket;
        private int items;

        Open(String name, Map<String, String> attributes, int begin) {
            this.name = name;
            this.attributes = attributes;
            this.begin = begin;
        }

        String get(String attribute) {
            return attributes.getOrDefault(attribute, "");
        }

        boolean loops() {
            return attributes.containsKey("th:each");
        }
    }

    private TextFromHtml(Sites sites) {
        this.flow = new TextFlow(new TextOutput(sites));
    }

    static String make(String html, Sites sites) {
        TextFromHtml maker = new TextFromHtml(sites);
        try {
            new MarkupParser(HtmlTemplate.configuration()).parse(html, maker);
        } catch (ParseException e) {
            sites.problem("html", e.getLine() == null ? 1 : e.getLine(),
                    "no text can be made of it; write a text: template");
        }
        return maker.flow.finish();
    }

    @Override
    public void handleOpenElementStart(char[] buffer, int at, int length, int line, int col) {
        attributes.clear();
    }

    @Override
    public void handleStandaloneElementStart(char[] buffer, int at, int length, boolean minimized, int line, int col) {
        attributes.clear();
    }

    @Override
    public void handleAttribute(char[] buffer, int nameAt, int nameLength, int nameLine, int nameCol, int operatorAt,
            int operatorLength,
            int operatorLine, int operatorCol, int contentAt, int contentLength, int outerAt, int outerLength,
            int valueLine, int valueCol) {
        attributes.put(new String(buffer, nameAt, nameLength).toLowerCase(Locale.ROOT),
                operatorLength == 0 ? "" : HtmlEscape.unescapeHtml(new String(buffer, contentAt, contentLength)));
    }

    @Override
    public void handleOpenElementEnd(char[] buffer, int at, int length, int line, int col) {
        begin(new String(buffer, at, length).toLowerCase(Locale.ROOT));
    }

    @Override
    public void handleStandaloneElementEnd(char[] buffer, int at, int length, boolean minimized, int line, int col) {
        begin(new String(buffer, at, length).toLowerCase(Locale.ROOT));
        end();
    }

    @Override
    public void handleCloseElementEnd(char[] buffer, int at, int length, int line, int col) {
        end();
    }

    @Override
    public void handleAutoCloseElementEnd(char[] buffer, int at, int length, int line, int col) {
        end();
    }

    @Override
    public void handleText(char[] buffer, int at, int length, int line, int col) {
        if (hidden == 0) {
            flow.text(HtmlEscape.unescapeHtml(new String(buffer, at, length)));
        }
    }

    private void begin(String name) {
        if (hidden > 0 || LEFT_OUT.contains(name) || unseen()) {
            hidden++;
            return;
        }
        Open parent = open.peek();
        flow.newlines(distance(name));
        if (attributes.containsKey("th:each")) {
            flow.breakNow();
        }
        Open element = new Open(name, Map.copyOf(attributes), flow.length());
        open.push(element);
        bracket(element);
        prefix(element, parent);
        content(element);
    }

    private boolean unseen() {
        String style = attributes.getOrDefault("style", "").replaceAll("\\s", "").toLowerCase(Locale.ROOT);
        return style.contains("display:none") || attributes.containsKey("hidden")
                || "all".equals(attributes.get("th:remove"));
    }

    private int distance(String name) {
        boolean nested = (name.equals("ul") || name.equals("ol"))
                && open.stream().anyMatch(one -> one.name.equals("li"));
        return nested ? 1 : PARAGRAPHS.contains(name) || name.equals("hr") ? 2 : LINES.contains(name) ? 1 : 0;
    }

    private void bracket(Open element) {
        StringBuilder kept = new StringBuilder();
        for (String name : KEPT) {
            if (element.attributes.containsKey("th:" + name)) {
                kept.append(" th:").append(name).append("=\"").append(element.get("th:" + name)).append('"');
            }
        }
        if (!kept.isEmpty()) {
            flow.open(kept);
            element.bracket = true;
        }
    }

    private void prefix(Open element, @org.jspecify.annotations.Nullable Open parent) {
        switch (element.name) {
            case "li" -> {
                long depth = open.stream().filter(one -> one.name.equals("ul") || one.name.equals("ol")).count();
                boolean numbered = parent != null && parent.name.equals("ol") && !element.loops();
                String mark = numbered && parent != null ? ++parent.items + ". " : "- ";
                flow.mark("  ".repeat((int) Math.max(0, depth - 1)) + mark);
            }
            case "td", "th" -> flow.cell();
            case "br" -> flow.lineBreak();
            case "hr" -> flow.text("----------");
            default -> {
            }
        }
    }

    private void content(Open element) {
        String value = element.name.equals("img") && element.attributes.containsKey("th:alt")
                ? element.get("th:alt")
                : element.attributes.getOrDefault("th:out", element.get("th:text"));
        if (!value.isEmpty()) {
            flow.value(Integer.parseInt(value));
            hidden = 1; // its body is replaced; end() takes this off again
        } else if (element.name.equals("img")) {
            flow.text(element.get("alt"));
        }
    }

    private void end() {
        if (hidden > 1 || hidden == 1 && !replaced()) {
            hidden--;
            return;
        }
        hidden = 0;
        Open element = open.pop();
        if (element.name.equals("a")) {
            link(element);
        } else if (element.name.equals("h1") || element.name.equals("h2")) {
            flow.underline(element.begin, element.name.equals("h1") ? "=" : "-");
        }
        flow.newlines(distance(element.name));
        if (element.loops()) {
            flow.breakNow();
        }
        if (element.bracket) {
            flow.close();
        }
    }

    /** Hidden is the body of the element on top, not an element of its own. */
    private boolean replaced() {
        Open top = open.peek();
        return top != null && (top.attributes.containsKey("th:out") || top.attributes.containsKey("th:text")
                || top.name.equals("img") && top.attributes.containsKey("th:alt"));
    }

    private void link(Open element) {
        if (element.attributes.containsKey("th:href")) {
            flow.text(" (");
            flow.value(Integer.parseInt(element.get("th:href")));
            flow.text(")");
            return;
        }
        String target = element.get("href").strip();
        String bare = target.replaceFirst("^(mailto|tel):", "");
        if (!target.isEmpty() && !target.startsWith("#") && !flow.since(element.begin).strip().equals(bare)) {
            flow.text(" (" + bare + ")");
        }
    }
}
