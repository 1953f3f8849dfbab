package io.caravan.rendering;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;

/** Compiles what people wrote into mailings. Thread-safe. */
public final class Mailings {

    private final MailLimits limits;

    public Mailings(MailLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads and checks the templates, inlines their styles, makes the text from the HTML if none was written, and encodes the files. Takes
     * milliseconds: once per campaign version, not per mail.
     *
     * @throws InvalidInput with every problem, each {@code file:line: what; what to do}
     */
    public Mailing compile(Source source) {
        Sites sites = new Sites();
        Names names = new Names(source.campaign(), Vars.copy(source.vars(), sites), Map.copyOf(source.tags()));
        Mailbox from = mailbox("from", source.from(), sites);
        Mailbox replyTo = source.replyTo() == null ? null : mailbox("reply_to", source.replyTo(), sites);
        Subject subject = Subject.compile(source.subject(), sites, names);
        Map<String, String> templates = templates(source, sites, names);
        files(source, sites);
        if (from == null || !sites.problems().isEmpty()) {
            throw new InvalidInput(sites.problems());
        }
        try {
            return new Mailing(new Mailing.Compiled(from, replyTo, subject, templates.containsKey(Engine.HTML),
                    templates.containsKey(Engine.TEXT), new Engine(templates), sites, inline(source),
                    source.attachments().stream().map(file -> SharedPart.of(file, null)).toList()), limits);
        } catch (RenderingFault e) {
            throw new InvalidInput(String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable Mailbox mailbox(String key, String written, Sites sites) {
        try {
            return Mailbox.parse(written);
        } catch (InvalidInput e) {
            sites.problem(key, 1, e.getMessage() + "; write \"Name <name@example.com>\"");
            return null;
        }
    }

    private Map<String, String> templates(Source source, Sites sites, Names names) {
        Map<String, String> templates = new HashMap<>();
        Part html = source.html();
        Part text = source.text();
        if (html == null && text == null) {
            sites.problem("campaign", 1, "neither html: nor text: is there; name one");
        }
        if (html != null && fits(html, sites)) {
            String numbered = HtmlTemplate.compile(html, sites, names, limits);
            if (sites.problems().isEmpty()) {
                templates.put(Engine.HTML, FlatHtml.make(StyleInliner.inline(numbered, html.file()), sites));
                if (text == null) {
                    templates.put(Engine.TEXT, TextFromHtml.make(numbered, sites));
                }
            }
        }
        if (text != null && fits(text, sites)) {
            templates.put(Engine.TEXT, TextTemplate.compile(text, sites, names, limits));
        }
        return templates;
    }

    private boolean fits(Part part, Sites sites) {
        int bytes = part.text().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > limits.templateBytes()) {
            sites.problem(part.file(), 1,
                    bytes + " bytes; a template has at most " + limits.templateBytes() + ", make it shorter");
        }
        return bytes <= limits.templateBytes();
    }

    private void files(Source source, Sites sites) {
        List<Attachment> all = new ArrayList<>(source.attachments());
        all.addAll(source.inline().values());
        long encoded = all.stream().mapToLong(file -> file.bytes().length / 57L * 78 + 400).sum();
        if (all.size() > limits.attachments()) {
            sites.problem("attachments", 1,
                    all.size() + " files; a mail has at most " + limits.attachments() + ", take some out");
        }
        if (encoded > limits.mailBytes()) {
            sites.problem("attachments", 1,
                    encoded + " bytes when encoded; a mail has at most " + limits.mailBytes()
                            + ", link to them instead");
        }
        if (!source.inline().isEmpty() && source.html() == null) {
            sites.problem("inline", 1, "pictures need an html: part; name one, or write them under attachments:");
        }
        source.inline().keySet().stream().filter(id -> !id.matches("[A-Za-z0-9._+@-]{1,200}"))
                .forEach(id -> sites.problem("inline", 1,
                        Sites.shown(id) + " is no content id; use letters, digits, . _ + - @"));
    }

    private static List<byte[]> inline(Source source) {
        List<byte[]> parts = new ArrayList<>();
        new TreeMap<>(source.inline()).forEach((id, file) -> parts.add(SharedPart.of(file, id)));
        return parts;
    }
}
