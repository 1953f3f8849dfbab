package io.caravan.web.runs;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

import io.caravan.campaign.Campaigns;
import io.caravan.flow.LedgerLine;
import io.caravan.flow.SentMail;
import io.caravan.flow.Why;
import io.caravan.flow.WhyMail;
import io.caravan.mail.Keyed;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RowId;
import io.caravan.mailbox.StoredMail;
import io.caravan.web.FramedHtml;
import io.caravan.web.MailWays;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /runs/ID/people/N}: one recipient: what was decided and why, each attempt, and the mail as it was sent. */
@Controller
class RecipientPage {

    private static final String ROW = RunPage.ID + "/people/{n:\\d{1,9}}";

    private final Why why;
    private final SentMail sent;
    private final Campaigns campaigns;
    private final Keyed keyed;

    RecipientPage(Why why, SentMail sent, Campaigns campaigns, Keyed keyed) {
        this.why = why;
        this.sent = sent;
        this.campaigns = campaigns;
        this.keyed = keyed;
    }

    @GetMapping(ROW)
    String page(@PathVariable long id, @PathVariable int n, @RequestParam(defaultValue = "") String view, Model model) {
        WhyMail mail = why.mail(new RowId(id, n)).orElseThrow(RunPage::gone);
        model.addAttribute("row", PeoplePage.Line.of(mail.row()));
        model.addAttribute("id", id);
        model.addAttribute("campaign", mail.campaign());
        model.addAttribute("run", "run " + mail.run().number());
        model.addAttribute("steps", mail.steps().stream().map(StepView::of).toList());
        model.addAttribute("version", mail.planning().version());
        model.addAttribute("attributes", new TreeMap<>(why.attributes(mail)).entrySet());
        model.addAttribute("suppressions", why.suppressions(mail).stream().map(WhyPage::entry).toList());
        model.addAttribute("messageId", LedgerLine.of(campaigns, keyed, mail.run()).messageId(mail.row()));
        model.addAttribute("first", Moment.of(mail.row().firstAttempt()));
        shown(new RowId(id, n), view, model);
        return "web/runs/recipient";
    }

    private void shown(RowId row, String view, Model model) {
        SentMail.Whole whole = null;
        try {
            whole = sent.whole(row).orElse(null);
        } catch (PermanentFault fault) {
            model.addAttribute("unmade", String.valueOf(fault.getMessage()));
        }
        model.addAttribute("made", whole != null);
        if (whole == null) {
            return;
        }
        StoredMail mail = StoredMail.parse(whole.bytes());
        model.addAttribute("kept", whole.kept());
        model.addAttribute("wasSent", whole.sent());
        model.addAttribute("subject", mail.headers().stream().filter(one -> one.name().equalsIgnoreCase("Subject"))
                .map(StoredMail.Header::value).findFirst().orElse(""));
        MailWays.show(view, mail.html() != null, whole.bytes(), model);
        model.addAttribute("hasHtml", mail.html() != null);
        model.addAttribute("text", mail.text());
        model.addAttribute("trouble", mail.trouble());
        model.addAttribute("headers", mail.headers());
        model.addAttribute("size", Words.size(whole.bytes().length));
        model.addAttribute("attachments", mail.attachments().stream()
                .map(part -> part.name() + " (" + part.type() + ", " + Words.size(part.bytes().length) + ")").toList());
    }

    /** The mail's own markup is only ever served alone, for the sandboxed frame. */
    @GetMapping(ROW + "/html")
    ResponseEntity<byte[]> html(@PathVariable long id, @PathVariable int n) {
        StoredMail mail = StoredMail.parse(bytes(id, n));
        return ResponseEntity.ok().header("Content-Security-Policy", FramedHtml.POLICY)
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .body(FramedHtml.of(mail).getBytes(StandardCharsets.UTF_8));
    }

    @GetMapping(ROW + "/raw")
    ResponseEntity<byte[]> raw(@PathVariable long id, @PathVariable int n) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename("mail-" + id + "." + n + ".eml").build().toString())
                .contentType(MediaType.parseMediaType("message/rfc822")).body(bytes(id, n));
    }

    private byte[] bytes(long id, int n) {
        try {
            return sent.whole(new RowId(id, n)).orElseThrow(RunPage::gone).bytes();
        } catch (PermanentFault unmade) {
            throw RunPage.gone();
        }
    }

    /** A step of the chain for the template. */
    public record StepView(@Nullable Moment at, String title, String kind, String says) {

        static StepView of(WhyMail.Step step) {
            String title = switch (step.what()) {
                case "planned" -> "Planned";
                case "claimed" -> "Claimed";
                case "attempt" -> capital(step.word());
                case "evidence" -> "Heard late: " + words(step.word());
                case "held" -> "Held";
                default -> "Now: " + words(step.word());
            };
            return new StepView(Moment.of(step.at()), title, kind(step.word()), step.says());
        }

        private static String kind(String state) {
            return switch (state) {
                case "accepted" -> "good";
                case "deferred", "in_doubt", "pending", "sending" -> "warn";
                case "bounced", "complained", "expired", "failed" -> "bad";
                default -> "";
            };
        }

        private static String words(String state) {
            return state.replace('_', ' ');
        }

        private static String capital(String state) {
            return state.isEmpty() ? "" : Character.toUpperCase(state.charAt(0)) + words(state).substring(1);
        }
    }
}
