package io.caravan.web;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.springframework.ui.Model;

/** The four ways to see a mail, as {@code web/fragments/mail} shows them. */
public final class MailWays {

    private static final int LONGEST_SOURCE = 512 * 1024;
    private static final List<String> WAYS = List.of("html", "text", "headers", "source");

    private MailWays() {
    }

    /** The way that was asked for, or the one that most people would read. */
    public static String shown(String asked, boolean hasHtml) {
        return WAYS.contains(asked) ? asked : hasHtml ? "html" : "text";
    }

    /** Puts {@code view}, {@code source} (only where it is looked at) and {@code cut} into the model. */
    public static void show(String asked, boolean hasHtml, byte[] source, Model model) {
        String shown = shown(asked, hasHtml);
        model.addAttribute("view", shown);
        model.addAttribute("source", shown.equals("source")
                ? new String(source, 0, Math.min(source.length, LONGEST_SOURCE), StandardCharsets.UTF_8)
                : "");
        model.addAttribute("cut", source.length > LONGEST_SOURCE);
    }
}
