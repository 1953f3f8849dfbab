package io.caravan.tracking;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.server.ResponseStatusException;

import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;

/**
 * {@code /u/TOKEN} and {@code /p/TOKEN} (the preferences are that page for now): looking changes nothing, a POST of
 * {@code List-Unsubscribe=One-Click} (RFC 8058 section 3.1) suppresses. A token that was not made here and one whose row is gone get the
 * same answer.
 */
@Controller
class UnsubscribePage {

    /** The purpose of the tokens in all three links. */
    static final String PURPOSE = "unsubscribe";

    /** Remote images load, as in a mail program; scripts, forms and plugins do not; links open. */
    static final String VIEW_POLICY = "default-src 'none'; img-src data: https: http:; style-src 'unsafe-inline'; "
            + "sandbox allow-popups allow-popups-to-escape-sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String FIELD = "List-Unsubscribe";

    private final Keyed keyed;
    private final Unsubscribe unsubscribe;
    private final ViewedMail viewed;

    UnsubscribePage(Keyed keyed, Unsubscribe unsubscribe, ViewedMail viewed) {
        this.keyed = keyed;
        this.unsubscribe = unsubscribe;
        this.viewed = viewed;
    }

    @ModelAttribute
    void keepOutOfSearch(HttpServletResponse response) {
        response.setHeader("X-Robots-Tag", "noindex, nofollow");
    }

    @GetMapping({"/u/{token}", "/p/{token}"})
    String show(@PathVariable String token, Model model) {
        Unsubscribe.Info info = unsubscribe.about(row(token)).orElseThrow(UnsubscribePage::unknown);
        return page(info, info.unsubscribed(), model);
    }

    @PostMapping({"/u/{token}", "/p/{token}"})
    String act(@PathVariable String token, HttpServletRequest request, Model model) {
        RowId row = row(token);
        if (request.getQueryString() != null
                || !Arrays.equals(request.getParameterValues(FIELD), new String[]{"One-Click"})) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
        }
        Unsubscribe.Info info = unsubscribe.about(row).orElseThrow(UnsubscribePage::unknown);
        if (!unsubscribe.unsubscribe(row,
                request.getParameter("page") == null ? Unsubscribe.ONE_CLICK : Unsubscribe.BY_PAGE)) {
            throw unknown();
        }
        return page(info, true, model);
    }

    @GetMapping("/p/{token}/view")
    ResponseEntity<byte[]> view(@PathVariable String token) {
        byte[] html = viewed.html(row(token)).orElseThrow(UnsubscribePage::unknown);
        return ResponseEntity.ok().header("Content-Security-Policy", VIEW_POLICY)
                .header("X-Robots-Tag", "noindex, nofollow")
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8)).body(html);
    }

    private static String page(Unsubscribe.Info info, boolean done, Model model) {
        model.addAttribute("address", masked(info.address()));
        model.addAttribute("sender", info.sender());
        model.addAttribute("done", done);
        return "web/unsubscribe";
    }

    /** Mails are forwarded: who opens the link need not be who it was sent to. */
    private static String masked(String address) {
        int at = address.lastIndexOf('@');
        int first = at < 1 ? 0 : address.offsetByCodePoints(0, 1);
        return address.substring(0, first) + "\u2026" + (at < 0 ? "" : address.substring(at));
    }

    private RowId row(String token) {
        RowId row = keyed.open(PURPOSE, token);
        if (row == null) {
            throw unknown();
        }
        return row;
    }

    private static ResponseStatusException unknown() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
