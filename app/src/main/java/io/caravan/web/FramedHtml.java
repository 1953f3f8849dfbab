package io.caravan.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.web.util.HtmlUtils;

import io.caravan.mailbox.StoredMail;

/** A mail's HTML for the sandboxed frame. It is not cleaned: the frame and its policy are what holds it. */
public final class FramedHtml {

    /** No script, no form, no request, nothing but its own styles and the images inside the mail. */
    public static final String POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'self'";

    private static final Pattern CID = Pattern.compile("\\bcid:([^\"'\\s<>)\\\\]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern LINK = Pattern.compile("\\bhref\\s*=\\s*[\"']\\s*((?:https?:|mailto:)[^\"'<>\\s]+)",
            Pattern.CASE_INSENSITIVE);
    private static final int MOST_LINKS = 100;

    private FramedHtml() {
    }

    /** With images named by content id (RFC 2392) put in place as data: URIs (RFC 2397). */
    public static String of(StoredMail mail) {
        String html = mail.html() == null ? "" : mail.html();
        Matcher cid = CID.matcher(html);
        StringBuilder out = new StringBuilder(html.length());
        while (cid.find()) {
            StoredMail.Image image = mail.image(decoded(cid.group(1)));
            cid.appendReplacement(out, Matcher.quoteReplacement(image == null ? cid.group() : data(image)));
        }
        return cid.appendTail(out).toString();
    }

    private static String decoded(String contentId) {
        try {
            return URLDecoder.decode(HtmlUtils.htmlUnescape(contentId).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return contentId;
        }
    }

    private static String data(StoredMail.Image image) {
        return "data:" + image.type() + ";base64," + Base64.getEncoder().encodeToString(image.bytes());
    }

    /** Where its links lead: the frame follows none, so the page lists them. */
    public static List<String> links(StoredMail mail) {
        Set<String> links = new LinkedHashSet<>();
        Matcher link = LINK.matcher(mail.html() == null ? "" : mail.html());
        while (link.find() && links.size() < MOST_LINKS) {
            links.add(HtmlUtils.htmlUnescape(link.group(1)));
        }
        return List.copyOf(links);
    }
}
