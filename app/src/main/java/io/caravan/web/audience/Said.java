package io.caravan.web.audience;

import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.mail.InvalidInput;

/** What an action came to, for the page that is shown next. */
final class Said {

    private Said() {
    }

    static void done(RedirectAttributes next, String sentence) {
        next.addFlashAttribute("said", sentence);
    }

    static void refused(RedirectAttributes next, InvalidInput why) {
        next.addFlashAttribute("refused", String.join("\n", why.problems()));
    }
}
