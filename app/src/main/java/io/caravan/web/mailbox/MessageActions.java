package io.caravan.web.mailbox;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.flow.Release;
import io.caravan.flow.Release.Released;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailbox.Mailbox;

/** What can be done with one mail: throw it away, or release it to a verified address. */
@Controller
class MessageActions {

    private final Mailbox mailbox;
    private final Release release;

    MessageActions(Mailbox mailbox, Release release) {
        this.mailbox = mailbox;
        this.release = release;
    }

    @PostMapping(MessagePage.ID + "/delete")
    RedirectView delete(@PathVariable long id, @RequestParam(defaultValue = "") String q, RedirectAttributes flash) {
        flash.addFlashAttribute("said", mailbox.remove(id)
                ? "Mail " + id + " thrown away; the ledger keeps its row."
                : "Mail " + id + " was gone already.");
        return MailboxPage.to(q.strip());
    }

    @PostMapping(MessagePage.ID + "/release")
    RedirectView release(@PathVariable long id, @RequestParam(defaultValue = "") String to, RedirectAttributes flash) {
        try {
            Released released = release.release(id, to)
                    .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
            flash.addFlashAttribute(released.isAccepted() ? "said" : "refused", sentence(released));
        } catch (InvalidInput | TemporaryFault e) {
            flash.addFlashAttribute("refused", "Not released: " + e.getMessage());
        }
        return new RedirectView("/mailbox/" + id, true, false);
    }

    private static String sentence(Released released) {
        String said = released.reply().isEmpty() ? released.reason() : released.reply();
        String host = released.host().isEmpty() ? "" : released.host() + " said: ";
        return switch (released.state()) {
            case "accepted" -> "Released to " + released.to() + ". " + host + said;
            case "in_doubt" -> "Perhaps released to " + released.to() + ": the answer was lost. " + released.reason();
            case "not_tried" -> "Not released to " + released.to() + ", nothing was sent: " + said;
            default -> "Not released to " + released.to() + " (" + released.state() + "). " + host + said;
        };
    }
}
