package io.caravan.web.campaigns;

import java.util.function.Supplier;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.campaign.Acted;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.flow.ActionReach;
import io.caravan.flow.CampaignActs;
import io.caravan.flow.CampaignSubmissions;
import io.caravan.flow.Doubts;
import io.caravan.flow.TestMail;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.TemporaryFault;

/** What people do with a campaign. Each form is answered with its page and a sentence: what was done, or why it was not. */
@Controller
class CampaignForms {

    private final Campaigns campaigns;
    private final CampaignActs acts;
    private final ActionReach reach;
    private final Doubts doubts;
    private final CampaignSubmissions submissions;
    private final TestMail tests;

    CampaignForms(Campaigns campaigns, CampaignActs acts, ActionReach reach, Doubts doubts,
            CampaignSubmissions submissions, TestMail tests) {
        this.campaigns = campaigns;
        this.acts = acts;
        this.reach = reach;
        this.doubts = doubts;
        this.submissions = submissions;
        this.tests = tests;
    }

    @PostMapping(CampaignPages.NAME + "/actions/{word}")
    RedirectView act(@PathVariable String name, @PathVariable String word, RedirectAttributes flash) {
        Campaign campaign = named(name);
        Action action = Choice.action(word).orElseThrow(CampaignPages::gone);
        return said(flash, name, "", () -> {
            ActionReach.People people = campaigns.refusal(campaign.id(), action).isPresent()
                    ? new ActionReach.People(0, false)
                    : reach.of(campaign, action);
            Acted done = acts.act(campaign, action);
            return Choice.label(action) + ": " + CampaignPages.words(people)
                    + " concerned. The campaign is " + done.campaign().state().word()
                    + (done.opened() == null
                            ? "."
                            : ", run " + done.opened().number() + " is " + done.opened().state().word() + ".");
        });
    }

    @PostMapping(CampaignPages.NAME + "/doubt")
    RedirectView settle(@PathVariable String name, @RequestParam String row, @RequestParam String decision,
            RedirectAttributes flash) {
        Campaign campaign = named(name);
        return said(flash, name, "#doubt", () -> {
            return "Row " + row + " is settled: " + doubts.settle(campaign, RowId.parse(row), decision).words() + ".";
        });
    }

    /** A test to somebody who wants to see it. */
    @PostMapping(CampaignPages.NAME + "/test")
    RedirectView test(@PathVariable String name, @RequestParam String to, @RequestParam(defaultValue = "") String as,
            RedirectAttributes flash) {
        Campaign campaign = named(name);
        return said(flash, name, "#try", () -> {
            TestMail.Sent sent = tests.send(campaign, to, as);
            if (!(sent.result() instanceof DeliveryResult.Accepted)) {
                throw new InvalidInput("the test to " + sent.to() + " was not accepted: "
                        + (sent.result().reply().isEmpty() ? sent.result().reason() : sent.result().reply()));
            }
            return "A test with the data of " + sent.as() + " went to " + sent.to() + " ("
                    + sent.result().host() + " took it: " + sent.result().reply() + ").";
        });
    }

    @PostMapping(CampaignPages.NAME + "/clone")
    RedirectView copy(@PathVariable String name, @RequestParam("as") String newName, RedirectAttributes flash) {
        Campaign campaign = named(name);
        String wanted = newName.strip();
        try {
            submissions.clone(campaign, wanted);
        } catch (InvalidInput | TemporaryFault refused) {
            flash.addFlashAttribute("refused", sentence(refused));
            return to("/campaigns/" + name + "#copy");
        }
        flash.addFlashAttribute("said", "A copy of " + name + ": a draft, which mails nobody until it is started.");
        return to("/campaigns/" + wanted);
    }

    private static RedirectView said(RedirectAttributes flash, String name, String anchor, Supplier<String> work) {
        try {
            flash.addFlashAttribute("said", work.get());
        } catch (InvalidInput | TemporaryFault refused) {
            flash.addFlashAttribute("refused", sentence(refused));
        }
        return to("/campaigns/" + name + anchor);
    }

    private static String sentence(RuntimeException refused) {
        String message = String.valueOf(refused.getMessage());
        return message.isEmpty()
                ? "That was refused."
                : Character.toUpperCase(message.charAt(0)) + message.substring(1);
    }

    private static RedirectView to(String path) {
        RedirectView view = new RedirectView(path, true);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return view;
    }

    private Campaign named(String name) {
        return campaigns.find(name).filter(campaign -> campaign.version() > 0).orElseThrow(CampaignPages::gone);
    }
}
