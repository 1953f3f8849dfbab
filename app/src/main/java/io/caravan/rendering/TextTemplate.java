package io.caravan.rendering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compiles a text template as its author wrote it: {@code [[...]]}, {@code [# th:if="..."] ... [/]}. */
final class TextTemplate {

    private static final Pattern TAG = Pattern
            .compile(
                    "\\[(?:#(?:th:block)?((?:\\s+[\\w:-]+\\s*=\\s*(?:\"[^\"]*\"|'[^']*')){0,40}+)\\s*(/?)|/(?:th:block)?\\s*)]");
    private static final Pattern ATTRIBUTE = Pattern.compile("([\\w:-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");

    private final Part part;
    private final Sites sites;
    private final Names names;
    private final MailLimits limits;
    private final TextOutput out;
    private final Deque<Integer> open = new ArrayDeque<>();
    private int line = 1;
    private int counted;

    private TextTemplate(Part part, Sites sites, Names names, MailLimits limits) {
        this.part = part;
        this.sites = sites;
        this.names = names;
        this.limits = limits;
        this.out = new TextOutput(sites);
    }

    static String compile(Part part, Sites sites, Names names, MailLimits limits) {
        return new TextTemplate(part, sites, names, limits).compile();
    }

    private String compile() {
        String text = part.text();
        Matcher tag = TAG.matcher(text);
        int from = 0;
        int tags = 0;
        while (tag.find()) {
            literal(text.substring(from, tag.start()), line(from));
            from = tag.end();
            if (++tags > limits.elements()) {
                sites.problem(part.file(), line(from),
                        "more than " + limits.elements() + " elements; make the template simpler");
                return "";
            }
            if (text.charAt(tag.start() + 1) == '#') {
                opening(tag, line(tag.start()));
            } else {
                closing(line(tag.start()));
            }
        }
        literal(text.substring(from), line(from));
        for (int line : open) {
            sites.problem(part.file(), line, "[# ...] is not closed; write [/] after it");
        }
        return out.toString();
    }

    /** Asked in ascending order only, so that the whole text is counted once. */
    private int line(int at) {
        line += Inline.lines(part.text(), counted, at);
        counted = at;
        return line;
    }

    private void opening(Matcher tag, int line) {
        List<Directive.Written> written = new ArrayList<>();
        Matcher attribute = ATTRIBUTE.matcher(tag.group(1));
        while (attribute.find()) {
            String name = Directive.name(attribute.group(1));
            String value = attribute.group(2) == null ? attribute.group(3) : attribute.group(2);
            written.add(new Directive.Written(name == null ? attribute.group(1) : name, value, line));
        }
        Directive directive = Directive.read(written, part.file(), sites, names, false);
        out.open(directive.attributes());
        if (tag.group(2).isEmpty()) {
            open.push(line);
            names.push(directive.locals());
        } else {
            out.close();
        }
        if (open.size() > limits.nesting()) {
            sites.problem(part.file(), line,
                    "nested more than " + limits.nesting() + " deep; make the template simpler");
        }
    }

    private void closing(int line) {
        if (open.isEmpty()) {
            sites.problem(part.file(), line, "[/] closes nothing; take it out or write [# ...] before it");
            return;
        }
        open.pop();
        names.pop();
        out.close();
    }

    private void literal(String text, int line) {
        for (Inline piece : Inline.cut(text, line)) {
            if (piece.source() != null) {
                out.value(sites.number(part.file(), piece.line(), piece.source(), names));
                continue;
            }
            int tag = piece.text().indexOf("[#");
            if (tag >= 0) {
                sites.problem(part.file(), piece.line() + Inline.lines(piece.text(), 0, tag),
                        "[# is not followed by th: attributes in quotes and ]; write [# th:if=\"${name}\"] ... [/]");
            }
            Stray.check(piece.text(), part.file(), piece.line(), sites);
            out.literal(piece.text());
        }
    }
}
