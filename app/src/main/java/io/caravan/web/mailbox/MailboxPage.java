package io.caravan.web.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.UriUtils;

import io.caravan.mail.InvalidInput;
import io.caravan.mailbox.MailQuery;
import io.caravan.mailbox.MailSearch;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /mailbox}: what the built-in mailbox holds, searched, live, and emptied. */
@Controller
class MailboxPage {

    private static final int PAGE = 50;

    private final MailSearch search;
    private final Clock clock;

    MailboxPage(MailSearch search, Clock clock) {
        this.search = search;
        this.clock = clock;
    }

    @GetMapping("/mailbox")
    String list(@RequestParam(defaultValue = "") String q, @RequestParam(required = false) @Nullable Long before,
            Model model) {
        show(q.strip(), before, model);
        return "web/mailbox/mailbox";
    }

    /** The list alone, fetched again when mails came or went. */
    @GetMapping("/mailbox/mails")
    String mails(@RequestParam(defaultValue = "") String q, Model model) {
        show(q.strip(), null, model);
        return "web/mailbox/mailbox :: mails";
    }

    private void show(String q, @Nullable Long before, Model model) {
        MailSearch.Found found = new MailSearch.Found(List.of(), null, null);
        List<String> problems = List.of();
        try {
            found = search.page(MailQuery.parse(q, clock.instant()), before == null ? Long.MAX_VALUE : before, PAGE);
        } catch (InvalidInput e) {
            problems = e.problems();
        }
        model.addAttribute("mails", found.mails().stream().map(MailLine::of).toList());
        model.addAttribute("problems", problems);
        model.addAttribute("q", q);
        model.addAttribute("asked", asking(q, '?'));
        model.addAttribute("andAsked", asking(q, '&'));
        model.addAttribute("first", before == null);
        model.addAttribute("older", found.next());
        model.addAttribute("back", Moment.of(found.back()));
        MailSearch.Size size = search.size();
        model.addAttribute("count", (size.exact() ? "" : "about ") + Words.number(size.mails()));
    }

    /** Throws away what the search finds; without one all. */
    @PostMapping("/mailbox/clear")
    RedirectView clear(@RequestParam(defaultValue = "") String q, RedirectAttributes flash) {
        try {
            long removed = search.remove(MailQuery.parse(q, clock.instant()));
            flash.addFlashAttribute("said", (removed == 1 ? "One mail" : Words.number(removed) + " mails")
                    + " thrown away; the ledger keeps its rows.");
            return to("");
        } catch (InvalidInput e) {
            flash.addFlashAttribute("refused", e.getMessage());
            return to(q);
        }
    }

    /** Back to the list, to what the search found. */
    static RedirectView to(String q) {
        RedirectView view = new RedirectView("/mailbox" + asking(q, '?'), true, false); // 303
        view.setExpandUriTemplateVariables(false);
        return view;
    }

    /** The search as the end of an address, empty without one: an address with a bare {@code q} would be another page. */
    static String asking(String q, char sign) {
        return q.isEmpty() ? "" : sign + "q=" + UriUtils.encode(q, StandardCharsets.UTF_8);
    }
}
