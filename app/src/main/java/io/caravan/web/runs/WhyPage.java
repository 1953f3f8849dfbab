package io.caravan.web.runs;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.flow.Why;
import io.caravan.flow.WhyMail;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.SuppressionSearch.Removed;
import io.caravan.web.Words;
import io.caravan.web.runs.RecipientPage.StepView;

/** {@code /why}: all that was decided about one address, across runs. */
@Controller
class WhyPage {

    private static final int MAILS = 10;

    private final Why why;
    private final Campaigns campaigns;

    WhyPage(Why why, Campaigns campaigns) {
        this.why = why;
        this.campaigns = campaigns;
    }

    /** A mail of the person, with its chain. */
    public record Told(long run, int n, String campaign, String number, String state, String stateWords,
            List<StepView> steps) {
        static Told of(WhyMail mail) {
            return new Told(mail.run().id().value(), mail.row().row().n(), mail.campaign(),
                    "run " + mail.run().number(), mail.row().state().word(),
                    mail.row().state().word().replace('_', ' '), mail.steps().stream().map(StepView::of).toList());
        }
    }

    @GetMapping("/why")
    String page(@RequestParam(defaultValue = "") String address, @RequestParam(defaultValue = "") String campaign,
            @RequestParam(required = false) @Nullable Long before, Model model) {
        model.addAttribute("address", address.strip());
        model.addAttribute("campaign", campaign.strip());
        try {
            if (!address.isBlank()) {
                EmailAddress asked = EmailAddress.parse(address.strip());
                answer(why.of(asked, only(campaign.strip()), before == null ? Long.MAX_VALUE : before, MAILS), model);
            }
        } catch (InvalidInput wrong) {
            model.addAttribute("refused", String.valueOf(wrong.getMessage()));
        }
        model.addAttribute("first", before == null);
        return "web/runs/why";
    }

    private @Nullable Campaign only(String campaign) {
        return campaign.isEmpty()
                ? null
                : campaigns.find(campaign).orElseThrow(() -> new InvalidInput(
                        "There is no campaign " + campaign + ": leave it empty to see all."));
    }

    private static void answer(Why.Answer answer, Model model) {
        model.addAttribute("answer", answer);
        model.addAttribute("known", Optional.ofNullable(answer.contact()).map(contact -> contact.address().written())
                .orElse(""));
        model.addAttribute("attributes", new TreeMap<>(answer.attributes()).entrySet());
        model.addAttribute("suppressions", answer.suppressions().stream().map(WhyPage::entry).toList());
        model.addAttribute("removed", answer.removed().stream().map(WhyPage::removed).toList());
        model.addAttribute("mails", answer.mails().stream().map(Told::of).toList());
        model.addAttribute("next", answer.next());
    }

    private static String removed(Removed entry) {
        return "Was suppressed (" + entry.scope() + "): " + entry.reason().word().replace('_', ' ') + ", since "
                + Words.time(entry.createdAt()) + "; taken back " + Words.time(entry.removedAt())
                + (entry.note().isEmpty() ? "" : ": " + entry.note()) + " (entry " + entry.id() + ")";
    }

    /** An entry of the suppression list in one sentence. */
    static String entry(Suppression entry) {
        return "Suppressed (" + entry.scope() + "): " + entry.reason().word().replace('_', ' ')
                + (entry.evidence().isEmpty() ? "" : ", " + entry.evidence()) + ", since "
                + Words.time(entry.createdAt())
                + (entry.expiresAt() == null ? "" : ", until " + Words.time(entry.expiresAt()))
                + " (entry " + entry.id() + ")";
    }
}
