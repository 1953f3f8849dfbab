package io.caravan.rendering;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/** Looks a finished mail over as a careful colleague would, before it goes to everybody. Pure. */
public final class MailLint {

    /** Bytes of HTML after which Gmail cuts a mail and hides the rest, with the unsubscribe link that usually stands there. */
    public static final int GMAIL_CLIPS = 102 * 1024;
    private static final int LARGE_IMAGE = 500_000;
    private static final int LARGE_IMAGES = 1_500_000;
    private static final int LONG_SUBJECT = 100;
    private static final int SHOWN = 5;
    private static final Pattern HIDDEN = Pattern.compile(
            "display\\s*:\\s*none|max-height\\s*:\\s*0|opacity\\s*:\\s*0(?![.\\d])|font-size\\s*:\\s*[01](px|pt)?\\s*(;|$)|visibility\\s*:\\s*hidden",
            Pattern.CASE_INSENSITIVE);

    private final Preview mail;
    private final Map<String, Integer> pictures;
    private final String unsubscribe;
    private final String own;
    private final List<Finding> found = new ArrayList<>();

    private MailLint(Preview mail, Map<String, Integer> pictures, String unsubscribe, String own) {
        this.mail = mail;
        this.pictures = pictures;
        this.unsubscribe = unsubscribe;
        this.own = own;
    }

    /**
     * @param pictures    the images inside it, content id to bytes
     * @param unsubscribe the link that {@code ${links.unsubscribe}} became
     * @param own         where links of this installation begin: whether these are https is its owner's affair, said at start
     */
    public static List<Finding> of(Preview mail, Map<String, Integer> pictures, String unsubscribe, String own) {
        MailLint lint = new MailLint(mail, pictures, unsubscribe, own);
        lint.subject();
        lint.text();
        if (!mail.html().isEmpty()) {
            lint.html(Jsoup.parse(mail.html()));
        }
        lint.leaving();
        lint.sizes();
        return List.copyOf(lint.found);
    }

    /** Where the mail's links lead, each once, as they are written. */
    public static List<String> links(Preview mail) {
        Set<String> links = new LinkedHashSet<>();
        Jsoup.parse(mail.html()).select("a[href], area[href]").forEach(link -> links.add(link.attr("href").strip()));
        return List.copyOf(links);
    }

    private void add(String code, String what, String remedy) {
        found.add(new Finding(code, what, remedy));
    }

    private void subject() {
        String subject = mail.subject().strip();
        if (subject.isEmpty()) {
            add("missing_subject", "For this person the subject is empty.",
                    "Write one, or give the attribute in it a default: [[${first_name} ?: 'friend']].");
        } else if (subject.codePointCount(0, subject.length()) > LONG_SUBJECT) {
            add("long_subject", "The subject is " + subject.codePointCount(0, subject.length()) + " characters long.",
                    "Mailboxes show 40 to 70 of them: put what matters first, or shorten it.");
        }
    }

    private void text() {
        if (mail.text().isBlank()) {
            add("missing_text", "The mail has no text part with words in it.",
                    "Write a text, or write words into the HTML beside its images: the text is made from them.");
        }
    }

    private void html(Document html) {
        preheader(html);
        List<String> bare = html.select("img:not([alt])").stream().map(image -> image.attr("src")).toList();
        if (!bare.isEmpty()) {
            add("missing_alt", bare.size() + (bare.size() == 1 ? " image has" : " images have") + " no alt text: "
                    + some(bare) + ".",
                    "Say in alt=\"\" what the image says; leave it empty if it only decorates. Many readers see no images.");
        }
        links(html);
        images(html);
    }

    private void preheader(Document html) {
        boolean opens = html.body().nodeStream(TextNode.class).filter(text -> !text.text().isBlank()).findFirst()
                .map(MailLint::isHidden).orElse(false);
        if (opens) {
            return;
        }
        String first = html.body().text().strip();
        add("missing_preheader", "It has no preheader: beside the subject mailboxes show its beginning"
                + (first.isEmpty() ? ", which has no words." : ", “" + cut(first) + "”."),
                "Fine if that invites to open it; otherwise begin the body with a hidden line:"
                        + " <div style=\"display:none\">What it is about</div>.");
    }

    private static boolean isHidden(TextNode text) {
        for (Node node = text.parent(); node != null; node = node.parent()) {
            if (node.hasAttr("hidden") || HIDDEN.matcher(node.attr("style")).find()) {
                return true;
            }
        }
        return false;
    }

    private void links(Document html) {
        List<String> broken = new ArrayList<>();
        List<String> open = new ArrayList<>();
        for (Element link : html.select("a[href], area[href]")) {
            String href = link.attr("href").strip();
            if (isBroken(href)) {
                broken.add(href.isEmpty() ? "(empty)" : href);
            } else if (href.toLowerCase(Locale.ROOT).startsWith("http:") && !isOwn(href)) {
                open.add(href);
            }
        }
        html.select("a:not([href])").stream().filter(link -> !link.hasAttr("name") && !link.hasAttr("id"))
                .forEach(link -> broken.add("“" + cut(link.text()) + "” leads nowhere"));
        if (!broken.isEmpty()) {
            add("broken_link", "These links look broken: " + some(broken) + ".",
                    "Write each out, with https:// in front and a host name; mailto: needs an address.");
        }
        if (!open.isEmpty()) {
            add("not_https", "These links are not https: " + some(open) + ".",
                    "Write https:// if the site has it: browsers warn of the others, and spam filters mind.");
        }
    }

    private boolean isOwn(String href) {
        return !own.isEmpty() && href.startsWith(own + "/");
    }

    private boolean isBroken(String href) {
        if (href.startsWith("#") && href.length() > 1 || isOwn(href)) {
            return false;
        }
        String lower = href.toLowerCase(Locale.ROOT);
        if (lower.startsWith("mailto:")) {
            return !lower.matches("mailto:[^@\\s]+@[^@\\s]+\\.[^@\\s]+.*");
        }
        if (lower.startsWith("tel:") || lower.startsWith("sms:")) {
            return !lower.matches(".*\\d.*");
        }
        if (!lower.startsWith("http:") && !lower.startsWith("https:")) {
            return true;
        }
        try {
            String host = new URI(href.replaceAll("[\\[\\]|{}^`]", "%20")).getHost();
            return host == null || !host.contains(".") || href.contains("${") || href.contains("[[");
        } catch (URISyntaxException e) {
            return true;
        }
    }

    private void images(Document html) {
        List<String> foreign = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        for (Element image : html.select("img[src]")) {
            String src = image.attr("src").strip();
            String lower = src.toLowerCase(Locale.ROOT);
            if (lower.startsWith("cid:")) {
                if (!pictures.containsKey(src.substring("cid:".length()))) {
                    absent.add(src);
                }
            } else if (lower.startsWith("http:") && !isOwn(src)) {
                foreign.add(src);
            } else if (!lower.startsWith("https:") && !isOwn(src)) {
                absent.add(cut(src));
            }
        }
        if (!absent.isEmpty()) {
            add("broken_image", "These images will not be seen: " + some(absent) + ".",
                    "Add the file as an inline image and name it cid:NAME, or link to it with https://.");
        }
        if (!foreign.isEmpty()) {
            add("image_not_https", "These images are not https: " + some(foreign) + ".",
                    "Write https://, or put them into the mail as inline images.");
        }
    }

    private void leaving() {
        if (!mail.html().replace("&amp;", "&").contains(unsubscribe) && !mail.text().contains(unsubscribe)) {
            add("no_unsubscribe", "There is no unsubscribe link in the body.",
                    "Write <a th:href=\"${links.unsubscribe}\">Unsubscribe</a>. The header for mailboxes' own button is"
                            + " there by itself, but who finds no link reports spam.");
        } else if (!mail.html().isEmpty() && !mail.html().replace("&amp;", "&").contains(unsubscribe)) {
            add("no_unsubscribe", "The unsubscribe link is in the text part only, and most people see the HTML.",
                    "Write <a th:href=\"${links.unsubscribe}\">Unsubscribe</a> into the HTML.");
        }
    }

    private void sizes() {
        int html = mail.html().getBytes(StandardCharsets.UTF_8).length;
        if (html > GMAIL_CLIPS) {
            add("clipped",
                    "The HTML has " + (html + 1023) / 1024 + " kB: Gmail shows the first 102 kB and hides the rest.",
                    "Take out what the reader does not need: copied styles and comments first, then words.");
        }
        long all = 0;
        List<String> large = new ArrayList<>();
        for (Map.Entry<String, Integer> picture : pictures.entrySet()) {
            all += picture.getValue();
            if (picture.getValue() > LARGE_IMAGE) {
                large.add(picture.getKey() + " (" + picture.getValue() / 1000 + " kB)");
            }
        }
        if (!large.isEmpty() || all > LARGE_IMAGES) {
            add("large_images", large.isEmpty()
                    ? "The images inside it have " + all / 1000 + " kB together."
                    : "These images are large: " + some(large) + ".",
                    "Save them at the width they are shown in (600 to 1,200 pixels), as JPEG or PNG under 200 kB: each person"
                            + " gets them all.");
        }
    }

    private static String some(List<String> all) {
        String shown = String.join(", ", all.stream().distinct().limit(SHOWN).map(MailLint::cut).toList());
        long more = all.stream().distinct().count() - SHOWN;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }

    private static String cut(String text) {
        return text.length() <= 80
                ? text
                : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, 80)))
                        + "…";
    }
}
