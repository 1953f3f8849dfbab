package io.caravan.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.Payload;

/** Reads what was answered as a browser, a program or a spreadsheet would, and finds what a stranger wrote and more than text came of. */
final class HostileJudge {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> ADDRESSES = Set.of("href", "src", "action", "formaction", "hx-get", "hx-post",
            "data-live-from", "poster", "data");
    private static final Pattern NAMES = Pattern.compile("([a-z][a-z-]*)=");
    /** Where the bytes of a mail, or of a file, stand as they are: encoded, cut into lines. */
    private static final String AS_IT_IS = "pre.source, .source, .code, textarea[name=vars], textarea[name=tags], input[name=column]";

    private final HostileFields fields;
    private final List<Payload> payloads;
    private final Set<String> elements = new HashSet<>(Set.of("html", "head", "body", "tbody", "#root"));
    private final Set<String> attributes = new HashSet<>();
    /** {@code field:payload} that was shown whole on a page, or given whole to a program. */
    final Set<String> seen = ConcurrentHashMap.newKeySet();

    HostileJudge(HostileFields fields, List<Payload> payloads) {
        this.fields = fields;
        this.payloads = payloads;
        try (Stream<Path> files = Files.walk(Path.of("templates/web"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".html")).toList()) {
                Document template = Jsoup.parse(Files.readString(file), Parser.xmlParser());
                template.getAllElements().forEach(this::learn);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the product's own pages are made of. */
    private void learn(Element element) {
        elements.add(element.normalName());
        for (Attribute attribute : element.attributes()) {
            String name = attribute.getKey();
            attributes.add(name.startsWith("th:") ? name.substring(3) : name);
            if (name.equals("th:attr")) {
                Matcher each = NAMES.matcher(attribute.getValue());
                while (each.find()) {
                    attributes.add(each.group(1));
                }
            }
        }
    }

    List<String> page(String html) {
        List<String> faults = new ArrayList<>();
        Document page = Jsoup.parse(html);
        for (Element element : page.getAllElements()) {
            if (!elements.contains(element.normalName())) {
                faults.add("an element that is none of ours: <" + element.normalName() + ">");
            }
            element.attributes().forEach(attribute -> attribute(element, attribute, faults));
            element(element, faults);
            element.childNodes().forEach(node -> node(element, node, page, faults));
        }
        return faults;
    }

    private static void element(Element element, List<String> faults) {
        if (element.normalName().equals("script")
                && (!element.data().isBlank() || !element.attr("src").startsWith("/"))) {
            faults.add("a script of somebody else: " + element);
        }
        if (Set.of("style", "base", "object", "embed").contains(element.normalName())
                || element.hasAttr("http-equiv")) {
            faults.add("what no page of ours has: " + element);
        }
        if (element.normalName().equals("iframe")
                && (!element.hasAttr("sandbox") || !element.attr("sandbox").isEmpty())) {
            faults.add("a frame without sandbox: " + element);
        }
    }

    private void attribute(Element element, Attribute attribute, List<String> faults) {
        String name = attribute.getKey();
        String value = attribute.getValue();
        if (!attributes.contains(name) || name.startsWith("on") || name.equals("style") || name.equals("srcdoc")) {
            faults.add("an attribute that is none of ours: " + name + " of <" + element.normalName() + ">");
        }
        if (ADDRESSES.contains(name)) {
            address(element, name, value, faults);
        } else {
            text(value, value, name, faults);
        }
    }

    /** Of our own origin; only what a mail links to may lead elsewhere, and only by the web or by mail. */
    private void address(Element element, String name, String value, List<String> faults) {
        boolean elsewhere = element.normalName().equals("a") && element.attr("rel").contains("noreferrer")
                && element.attr("target").equals("_blank");
        boolean ours = value.matches("(/(?![/\\\\]).*|[?#].*|)");
        if (!ours && !(elsewhere && value.matches("(?s)(https?|mailto):.*"))) {
            faults.add(name + " leads elsewhere: " + value);
        }
        if (elsewhere) {
            return;
        }
        try {
            URI.create(value);
        } catch (IllegalArgumentException e) {
            faults.add(name + " is no address: " + value);
            return;
        }
        String[] halves = value.split("\\?", 2);
        List<String> parts = new ArrayList<>(List.of(halves[0].split("/")));
        if (halves.length == 2) {
            List.of(halves[1].split("&")).forEach(pair -> parts.add(pair.replaceFirst("^[^=]*=", "")));
        }
        for (String part : parts) {
            String decoded = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
            text(decoded, decoded, name, faults);
        }
    }

    private void node(Element element, Node node, Document page, List<String> faults) {
        if (node instanceof TextNode text) {
            // what is cut or encoded there is no fault; that it is text was seen by its elements
            text(text.getWholeText(), page, "<" + element.normalName() + ">",
                    element.closest(AS_IT_IS) == null ? faults : new ArrayList<>());
        } else if (!(node instanceof TextNode) && !(node instanceof Element)
                && Payload.MARK.matcher(node.outerHtml()).find()) {
            faults.add("a stranger's words in a " + node.nodeName() + ": " + node);
        }
    }

    private void text(String value, Document page, String where, List<String> faults) {
        if (Payload.MARK.matcher(value).find()) {
            text(value, page.wholeText(), where, faults); // perhaps line by line
        }
    }

    private void text(String value, String whole, String where, List<String> faults) {
        Matcher mark = Payload.MARK.matcher(value);
        while (mark.find()) {
            String kept = kept(mark);
            if (Payload.isShown(kept, value) || Payload.isShown(kept, whole)) {
                seen(mark);
            } else if (!isRewritten(mark) && !value.contains("\u2026@")) { // an address that strangers see is masked
                faults.add("not whole in " + where + ": kept " + kept + ", shown " + value);
            }
        }
    }

    /** A column's header is read as CSV, a template is parsed, an encoded word is decoded: of these pieces are shown, as text. */
    private boolean isRewritten(Matcher mark) {
        int field = Integer.parseInt(mark.group(2));
        return field == HostileWorld.HEADER || field == fields.of("content", "bytes").number()
                || field == HostileWorld.MAIL && payload(mark).text().startsWith("=?");
    }

    private Payload payload(Matcher mark) {
        return payloads.get(Integer.parseInt(mark.group(1)));
    }

    private String kept(Matcher mark) {
        return fields.kept(Integer.parseInt(mark.group(2)), payload(mark));
    }

    private void seen(Matcher mark) {
        seen.add(Integer.parseInt(mark.group(2)) + ":" + Integer.parseInt(mark.group(1)));
    }

    List<String> json(byte[] body) {
        List<String> faults = new ArrayList<>();
        walk(JSON.readTree(body), faults);
        return faults;
    }

    /** Said with more words around it, or cleaned by the door that it came through: on one line, or out of a mail. */
    private static boolean isSentence(Matcher mark, String kept, String given) {
        int field = Integer.parseInt(mark.group(2));
        return !given.endsWith(mark.group()) || field == HostileWorld.REPLY || field == HostileWorld.ROUTE
                || field == HostileWorld.MAIL
                || given.contains("\n") || kept.matches("(?s).*[\r\n].*") || given.startsWith("550 ");
    }

    private void walk(JsonNode node, List<String> faults) {
        if (node.isString()) {
            Matcher mark = Payload.MARK.matcher(node.asString());
            while (mark.find()) {
                String given = node.asString();
                boolean isWhole = isSentence(mark, kept(mark), given)
                        ? Payload.isShown(kept(mark), given)
                        : given.contains(kept(mark));
                if (isWhole) {
                    seen(mark);
                } else if (!isRewritten(mark) && !given.contains("\\u")
                        && !given.strip().startsWith("description: \"")) {
                    faults.add("not the same value: kept " + kept(mark) + ", given " + node.asString());
                }
            }
        }
        node.forEach(child -> walk(child, faults));
        if (node.isObject()) {
            node.propertyNames().forEach(name -> walk(JSON.getNodeFactory().stringNode(name), faults));
        }
    }
}
