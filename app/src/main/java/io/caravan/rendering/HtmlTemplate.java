package io.caravan.rendering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.attoparser.AbstractMarkupHandler;
import org.attoparser.MarkupParser;
import org.attoparser.ParseException;
import org.attoparser.config.ParseConfiguration;
import org.jspecify.annotations.Nullable;
import org.unbescape.html.HtmlEscape;

/**
 * Compiles an HTML template: the same markup, byte for byte, with every expression replaced by its number. Read by the parser and the
 * settings that the engine uses, so that both see the same elements.
 */
final class HtmlTemplate extends AbstractMarkupHandler {

    private static final Set<String> RAW = Set.of("script", "style");
    private static final Set<String> ESCAPABLE = Set.of("title", "textarea");

    private final String file;
    private final Sites sites;
    private final Names names;
    private final MailLimits limits;
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Object> inner = new ArrayList<>(); // of the element being read: white space as String, attributes
    private final List<Directive.Written> written = new ArrayList<>();
    private Set<String> locals = Set.of();
    private int elements;
    private int startEnd = -1; // where the last start tag's > stands

    private record Plain(String text) {
    }

    private HtmlTemplate(String file, Sites sites, Names names, MailLimits limits) {
        this.file = file;
        this.sites = sites;
        this.names = names;
        this.limits = limits;
    }

    static String compile(Part part, Sites sites, Names names, MailLimits limits) {
        HtmlTemplate template = new HtmlTemplate(part.file(), sites, names, limits);
        try {
            new MarkupParser(configuration()).parse(part.text(), template);
        } catch (ParseException e) {
            sites.problem(part.file(), e.getLine() == null ? 1 : e.getLine(), problem(e));
            return "";
        }
        String compiled = template.out.toString();
        for (String comment : List.of("<!--/*", "*/-->")) {
            if (compiled.contains(comment)) {
                int at = Math.max(part.text().indexOf(comment), 0);
                sites.problem(part.file(), 1 + Inline.lines(part.text(), 0, at),
                        "'" + comment + "' is not offered; write a plain <!-- comment -->");
            }
        }
        return compiled;
    }

    private static String problem(ParseException e) {
        String message = e.getCause() instanceof TooMuch tooMuch ? tooMuch.getMessage() : e.getMessage();
        return String.valueOf(message).replaceFirst("^\\(Line = \\d+, Column = \\d+\\) ", "").replaceAll("\\p{Cntrl}+",
                " ")
                + "; repair the markup there";
    }

    static ParseConfiguration configuration() {
        ParseConfiguration configuration = ParseConfiguration.htmlConfiguration();
        configuration.setElementBalancing(ParseConfiguration.ElementBalancing.AUTO_CLOSE);
        configuration.setCaseSensitive(false);
        configuration.setNoUnmatchedCloseElementsRequired(false);
        configuration.setUniqueAttributesInElementRequired(true);
        configuration.setXmlWellFormedAttributeValuesRequired(false);
        configuration.setUniqueRootElementPresence(ParseConfiguration.UniqueRootElementPresence.NOT_VALIDATED);
        configuration.getPrologParseConfiguration().setDoctypePresence(ParseConfiguration.PrologPresence.ALLOWED);
        configuration.getPrologParseConfiguration().setRequireDoctypeKeywordsUpperCase(false);
        configuration.getPrologParseConfiguration().setValidateProlog(false);
        configuration.getPrologParseConfiguration()
                .setXmlDeclarationPresence(ParseConfiguration.PrologPresence.ALLOWED);
        return configuration;
    }

    /** Ends the parsing. */
    private static final class TooMuch extends Exception {
        TooMuch(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    @Override
    public void handleOpenElementStart(char[] buffer, int at, int length, int line, int col) throws ParseException {
        start(new String(buffer, at, length), line, col);
    }

    @Override
    public void handleStandaloneElementStart(char[] buffer, int at, int length, boolean minimized, int line, int col)
            throws ParseException {
        start(new String(buffer, at, length), line, col);
    }

    private void start(String name, int line, int col) throws ParseException {
        if (++elements > limits.elements() || open.size() > limits.nesting()) {
            throw new ParseException("",
                    new TooMuch(elements > limits.elements()
                            ? "more than " + limits.elements() + " elements"
                            : "elements nested more than " + limits.nesting() + " deep"),
                    line, col);
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("th:") && !lower.equals("th:block")) {
            sites.problem(file, line, "<" + name + "> is not offered; the only element of templates is <th:block>");
        }
        inner.clear();
        written.clear();
        out.append('<').append(name);
        open.push(lower); // a standalone one is taken off at its end
    }

    @Override
    public void handleInnerWhiteSpace(char[] buffer, int at, int length, int line, int col) {
        inner.add(new String(buffer, at, length));
    }

    @Override
    public void handleAttribute(char[] buffer, int nameAt, int nameLength, int nameLine, int nameCol, int operatorAt,
            int operatorLength,
            int operatorLine, int operatorCol, int contentAt, int contentLength, int outerAt, int outerLength,
            int valueLine, int valueCol) {
        String name = new String(buffer, nameAt, nameLength);
        String directive = Directive.name(name);
        String value = operatorLength == 0 ? null : new String(buffer, contentAt, contentLength);
        if (directive != null) {
            written.add(
                    new Directive.Written(directive, value == null ? null : HtmlEscape.unescapeHtml(value), nameLine));
        } else if (!name.equalsIgnoreCase("xmlns:th")) {
            if (value != null) {
                Stray.inAttribute(name, HtmlEscape.unescapeHtml(value), file, nameLine, sites);
            }
            inner.add(new Plain(
                    name + new String(buffer, operatorAt, operatorLength) + new String(buffer, outerAt, outerLength)));
        }
    }

    @Override
    public void handleOpenElementEnd(char[] buffer, int at, int length, int line, int col) {
        attributes();
        startEnd = out.length();
        out.append('>');
        names.push(locals);
    }

    @Override
    public void handleStandaloneElementEnd(char[] buffer, int at, int length, boolean minimized, int line, int col) {
        attributes();
        out.append(minimized ? "/>" : ">");
        open.pop();
    }

    private void attributes() {
        boolean space = false;
        for (Object each : inner) {
            if (each instanceof Plain plain) {
                out.append(space ? "" : " ").append(plain.text());
                space = false;
            } else if (!space) {
                out.append(each);
                space = true;
            }
        }
        if (space) {
            out.setLength(out.length() - trailing());
        }
        Directive directive = Directive.read(written, file, sites, names, true);
        out.append(directive.attributes());
        locals = directive.locals();
    }

    private int trailing() {
        int count = 0;
        while (Character.isWhitespace(out.charAt(out.length() - 1 - count))) {
            count++;
        }
        return count;
    }

    @Override
    public void handleCloseElementStart(char[] buffer, int at, int length, int line, int col) {
        closed();
        out.append("</").append(buffer, at, length);
    }

    @Override
    public void handleCloseElementEnd(char[] buffer, int at, int length, int line, int col) {
        out.append('>');
        inner.clear();
    }

    @Override
    public void handleAutoCloseElementEnd(char[] buffer, int at, int length, int line, int col) {
        closed();
    }

    private void closed() {
        open.pop();
        names.pop();
        startEnd = -1;
    }

    @Override
    public void handleUnmatchedCloseElementStart(char[] buffer, int at, int length, int line, int col) {
        sites.problem(file, line,
                "</" + new String(buffer, at, length) + "> closes nothing that is open; take it out or open it before");
    }

    @Override
    public void handleText(char[] buffer, int at, int length, int line, int col) {
        String text = new String(buffer, at, length);
        String parent = open.isEmpty() ? "" : String.valueOf(open.peek());
        if (RAW.contains(parent)) {
            Stray.inPlace("<" + parent + ">", text, file, line, sites);
            out.append(text);
        } else if (ESCAPABLE.contains(parent)) {
            escapable(text, line);
        } else {
            pieces(text, line);
        }
    }

    private void pieces(String text, int line) {
        for (Inline piece : Inline.cut(text, line)) {
            if (piece.source() != null) {
                out.append("<th:block th:").append(MailDialect.OUT).append("=\"")
                        .append(number(piece.source(), piece.line()))
                        .append("\"></th:block>");
            } else {
                Stray.check(HtmlEscape.unescapeHtml(piece.text()), file, piece.line(), sites);
                out.append(piece.text());
            }
        }
    }

    private int number(String source, int line) {
        return sites.number(file, line, HtmlEscape.unescapeHtml(source), names);
    }

    /** No element can stand in a title, so its whole text becomes one {@code th:text}. */
    private void escapable(String text, int line) {
        List<Inline> pieces = Inline.cut(text, line);
        if (pieces.size() == 1 || startEnd < 0) {
            Stray.check(text, file, line, sites);
            out.append(text);
            return;
        }
        List<Expression> parts = new ArrayList<>();
        for (Inline piece : pieces) {
            @Nullable
            String source = piece.source();
            parts.add(source == null
                    ? new Expression.Literal(HtmlEscape.unescapeHtml(piece.text()))
                    : sites.at(Integer.toString(number(source, piece.line()))).expression());
        }
        int joined = sites.add(new Site(file, line, new Expression.Joined(parts), null, null));
        out.insert(startEnd, " th:text=\"" + joined + "\"");
        startEnd = -1;
    }

    @Override
    public void handleComment(char[] buffer, int contentAt, int contentLength, int outerAt, int outerLength, int line,
            int col) {
        String content = new String(buffer, contentAt, contentLength);
        String bare = content.strip();
        if (bare.startsWith("[if") || bare.startsWith("<![endif]") || bare.endsWith("<![endif]")) { // Outlook's; all others stay at home
            Stray.inPlace("conditional comment", content, file, line, sites);
            out.append(buffer, outerAt, outerLength);
        }
    }

    @Override
    public void handleCDATASection(char[] buffer, int contentAt, int contentLength, int outerAt, int outerLength,
            int line, int col) {
        sites.problem(file, line, "<![CDATA[ has no meaning in HTML; take it out and write &lt; for <");
    }

    @Override
    public void handleDocType(char[] buffer, int keywordAt, int keywordLength, int keywordLine, int keywordCol,
            int nameAt, int nameLength,
            int nameLine, int nameCol, int typeAt, int typeLength, int typeLine, int typeCol, int publicAt,
            int publicLength, int publicLine,
            int publicCol, int systemAt, int systemLength, int systemLine, int systemCol, int subsetAt,
            int subsetLength, int subsetLine,
            int subsetCol, int outerAt, int outerLength, int outerLine, int outerCol) {
        out.append(buffer, outerAt, outerLength);
    }

    @Override
    public void handleXmlDeclaration(char[] buffer, int keywordAt, int keywordLength, int keywordLine, int keywordCol,
            int versionAt,
            int versionLength, int versionLine, int versionCol, int encodingAt, int encodingLength, int encodingLine,
            int encodingCol,
            int standaloneAt, int standaloneLength, int standaloneLine, int standaloneCol, int outerAt, int outerLength,
            int line, int col) {
        out.append(buffer, outerAt, outerLength);
    }

    @Override
    public void handleProcessingInstruction(char[] buffer, int targetAt, int targetLength, int targetLine,
            int targetCol, int contentAt,
            int contentLength, int contentLine, int contentCol, int outerAt, int outerLength, int line, int col) {
        // stays at home like a comment: word processors leave them behind, and HTML has none
    }
}
