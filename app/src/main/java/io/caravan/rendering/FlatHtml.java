package io.caravan.rendering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.attoparser.AbstractMarkupHandler;
import org.attoparser.MarkupParser;
import org.attoparser.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * Writes compiled HTML as a template of text: markup that is the same for everybody becomes plain text between the expressions, so that
 * the engine has an event for each expression instead of one for each tag (12 us a mail become 7.5). A mail is what the engine would make
 * of the markup, white space between repetitions included; escaping is part of each expression from here on.
 */
final class FlatHtml extends AbstractMarkupHandler {

    /** The order in which they act on an element. */
    private static final List<String> STRUCTURE = List.of("each", "switch", "case", "if", "unless", "with");

    /** Elements that Thymeleaf parts by the white space before the first when it repeats them; others it repeats without. */
    private static final Set<String> PARTED = Set.of("address", "article", "aside", "audio", "blockquote", "canvas",
            "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
            "h6", "header", "hgroup", "hr", "li", "main", "nav", "noscript", "ol", "option", "output", "p", "pre",
            "section", "table", "tbody", "td", "tfoot", "th", "tr", "ul", "video");

    private final Sites sites;
    private final TextOutput out;
    private final Deque<Element> open = new ArrayDeque<>();
    private final List<Piece> inner = new ArrayList<>(); // of the tag being read
    private final Map<String, String> directives = new LinkedHashMap<>();
    private String name = "";
    private String space = ""; // white space just before the tag being read
    private int dropped; // how many elements are open within what is left out, with the one whose content it is
    private boolean closing; // a closing tag is being written

    /** @param attribute its name in lower case; null for white space */
    private record Piece(@Nullable String attribute, String text) {
    }

    /** @param tags are written, not only what is between them */
    private record Element(boolean tags, boolean structure) {
    }

    private FlatHtml(Sites sites) {
        this.sites = sites;
        this.out = new TextOutput(sites);
    }

    /** @param numbered made by {@link HtmlTemplate} */
    static String make(String numbered, Sites sites) {
        FlatHtml flat = new FlatHtml(sites);
        try {
            new MarkupParser(HtmlTemplate.configuration()).parse(numbered, flat);
        } catch (ParseException e) {
            throw new RenderingFault("template:1: the template cannot be read again (" + e.getMessage()
                    + "); check that its elements are closed in order");
        }
        return flat.out.toString();
    }

    @Override
    public void handleOpenElementStart(char[] buffer, int at, int length, int line, int col) {
        start(new String(buffer, at, length));
    }

    @Override
    public void handleStandaloneElementStart(char[] buffer, int at, int length, boolean minimized, int line, int col) {
        start(new String(buffer, at, length));
    }

    private void start(String name) {
        this.name = name;
        inner.clear();
        directives.clear();
    }

    @Override
    public void handleInnerWhiteSpace(char[] buffer, int at, int length, int line, int col) {
        inner.add(new Piece(null, new String(buffer, at, length)));
    }

    @Override
    public void handleAttribute(char[] buffer, int nameAt, int nameLength, int nameLine, int nameCol, int operatorAt,
            int operatorLength, int operatorLine, int operatorCol, int contentAt, int contentLength, int outerAt,
            int outerLength, int valueLine, int valueCol) {
        String attribute = new String(buffer, nameAt, nameLength);
        String directive = Directive.name(attribute);
        if (directive == null) {
            inner.add(new Piece(attribute, attribute + new String(buffer, operatorAt, operatorLength)
                    + new String(buffer, outerAt, outerLength)));
        } else {
            directives.put(directive, new String(buffer, contentAt, contentLength));
            if (!inner.isEmpty() && inner.getLast().attribute() == null) {
                inner.removeLast(); // the distance that was made for it
            }
        }
    }

    @Override
    public void handleOpenElementEnd(char[] buffer, int at, int length, int line, int col) {
        if (dropped > 0) {
            dropped++;
            return;
        }
        Element element = begin();
        if (element.tags()) {
            tag(">");
        }
        open.push(element);
        dropped = content() ? 0 : 1;
    }

    @Override
    public void handleStandaloneElementEnd(char[] buffer, int at, int length, boolean minimized, int line, int col) {
        if (dropped > 0) {
            return;
        }
        Element element = begin();
        boolean filled = directives.containsKey("text") || directives.containsKey(MailDialect.OUT);
        if (element.tags()) {
            tag(minimized && !filled ? "/>" : ">");
        }
        content();
        if (element.tags() && filled) {
            out.literal("</" + name + ">");
        }
        if (element.structure()) {
            out.close();
        }
    }

    private Element begin() {
        StringBuilder structure = new StringBuilder();
        for (String one : STRUCTURE) {
            String number = directives.get(one);
            if (number != null) {
                structure.append(" th:").append(one).append("=\"").append(number).append('"');
            }
        }
        if (!structure.isEmpty()) {
            out.open(structure);
        }
        String each = directives.get("each");
        if (each != null) {
            Site site = sites.at(each);
            String between = PARTED.contains(name.toLowerCase(Locale.ROOT)) ? space : "";
            out.value(add(site, new Expression.Between(String.valueOf(site.status()), between)));
        }
        space = "";
        String remove = directives.get("remove");
        boolean tags = !name.equalsIgnoreCase("th:block") && !"tag".equals(remove) && !"all".equals(remove);
        return new Element(tags, !structure.isEmpty());
    }

    /** The tag with its attributes; what an expression sets stands where the plain attribute of the same name stood, else at the end. */
    private void tag(String end) {
        out.literal("<" + name);
        List<String> left = new ArrayList<>(MailDialect.SETTABLE);
        left.retainAll(directives.keySet());
        String before = "";
        for (Piece piece : inner) {
            String attribute = piece.attribute();
            if (attribute == null) {
                before += piece.text();
            } else if (left.remove(attribute.toLowerCase(Locale.ROOT))) {
                set(attribute, before);
                before = "";
            } else {
                out.literal(before + piece.text());
                before = "";
            }
        }
        for (String attribute : left) {
            set(attribute, " ");
        }
        out.literal(before + end);
    }

    private void set(String attribute, String before) {
        Site site = sites.at(String.valueOf(directives.get(attribute.toLowerCase(Locale.ROOT))));
        out.value(add(site, new Expression.Setting(attribute, before, site.expression())));
    }

    /** Writes the value that stands for the content, if one does. True if the element's own content stays. */
    private boolean content() {
        String remove = directives.getOrDefault("remove", "");
        if (remove.equals("all") || remove.equals("body")) {
            return false;
        }
        String number = directives.containsKey("text") ? directives.get("text") : directives.get(MailDialect.OUT);
        if (number == null) {
            return true;
        }
        Site site = sites.at(number);
        out.value(add(site, new Expression.Html(site.expression())));
        return false;
    }

    private int add(Site site, Expression expression) {
        return sites.add(new Site(site.template(), site.line(), expression, null, null));
    }

    @Override
    public void handleCloseElementStart(char[] buffer, int at, int length, int line, int col) {
        closing = close();
        if (closing) {
            out.literal("</" + new String(buffer, at, length));
        }
    }

    @Override
    public void handleCloseElementEnd(char[] buffer, int at, int length, int line, int col) {
        if (closing) {
            out.literal(">");
        }
        end();
    }

    /** One that its author left open: no tag is written for it. */
    @Override
    public void handleAutoCloseElementEnd(char[] buffer, int at, int length, int line, int col) {
        close();
        end();
    }

    private boolean close() {
        space = "";
        return dropped <= 1 && open.element().tags();
    }

    private void end() {
        if (dropped > 1) {
            dropped--;
            return;
        }
        dropped = 0;
        if (open.pop().structure()) {
            out.close();
        }
    }

    @Override
    public void handleText(char[] buffer, int at, int length, int line, int col) {
        literal(buffer, at, length);
        String text = new String(buffer, at, length);
        space = text.isBlank() ? text : "";
    }

    @Override
    public void handleComment(char[] buffer, int contentAt, int contentLength, int outerAt, int outerLength, int line,
            int col) {
        literal(buffer, outerAt, outerLength);
    }

    @Override
    public void handleDocType(char[] buffer, int keywordAt, int keywordLength, int keywordLine, int keywordCol,
            int nameAt, int nameLength, int nameLine, int nameCol, int typeAt, int typeLength, int typeLine,
            int typeCol, int publicAt, int publicLength, int publicLine, int publicCol, int systemAt, int systemLength,
            int systemLine, int systemCol, int subsetAt, int subsetLength, int subsetLine, int subsetCol, int outerAt,
            int outerLength, int outerLine, int outerCol) {
        literal(buffer, outerAt, outerLength);
    }

    @Override
    public void handleXmlDeclaration(char[] buffer, int keywordAt, int keywordLength, int keywordLine, int keywordCol,
            int versionAt, int versionLength, int versionLine, int versionCol, int encodingAt, int encodingLength,
            int encodingLine, int encodingCol, int standaloneAt, int standaloneLength, int standaloneLine,
            int standaloneCol, int outerAt, int outerLength, int line, int col) {
        literal(buffer, outerAt, outerLength);
    }

    private void literal(char[] buffer, int at, int length) {
        space = "";
        if (dropped == 0) {
            out.literal(new String(buffer, at, length));
        }
    }
}
