package io.caravan.web.campaigns;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.flow.ActionReach;
import io.caravan.flow.Concerned;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.web.Words;

/** {@code /campaigns}: all of them, one of them, and what an action would do before it is done. */
@Controller
class CampaignPages {

    static final String NAME = "/campaigns/{name:[A-Za-z0-9_-]{1,100}}";
    private static final int PAGE = 50;
    private static final int RUNS = 20;
    private static final int VERSIONS = 20;

    private final Campaigns campaigns;
    private final CampaignLines lines;
    private final CampaignViews views;
    private final Concerned concerned;
    private final ActionReach reach;

    CampaignPages(Campaigns campaigns, CampaignLines lines, CampaignViews views, Concerned concerned,
            ActionReach reach) {
        this.campaigns = campaigns;
        this.lines = lines;
        this.views = views;
        this.concerned = concerned;
        this.reach = reach;
    }

    /** @param part {@code rows}: the list alone, for what moves */
    @GetMapping("/campaigns")
    String list(@RequestParam(defaultValue = "") String q, @RequestParam(required = false) @Nullable Long before,
            @RequestParam(defaultValue = "") String part, Model model) {
        String asked = q.strip();
        List<Campaign> found = campaigns.page(asked, before == null ? Long.MAX_VALUE : before, PAGE + 1);
        List<Campaign> page = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("campaigns", lines.of(page));
        model.addAttribute("q", asked);
        model.addAttribute("before", before);
        model.addAttribute("older", found.size() > PAGE ? page.getLast().id().value() : null);
        return part.equals("rows") ? "web/campaigns/list :: rows" : "web/campaigns/list";
    }

    /**
     * @param part   {@code now}: what moves, alone
     * @param runs   only runs with a smaller number
     * @param doubts only doubtful rows after this one
     */
    @GetMapping(NAME)
    String campaign(@PathVariable String name, @RequestParam(defaultValue = "") String part,
            @RequestParam(required = false) @Nullable Integer runs,
            @RequestParam(required = false) @Nullable Integer versions,
            @RequestParam(required = false) @Nullable String doubts, Model model) {
        Campaign campaign = named(name);
        CampaignView now = views.now(campaign);
        model.addAttribute("campaign", now);
        if (part.equals("now")) {
            return "web/campaigns/campaign :: now";
        }
        model.addAttribute("facts", views.facts(campaign));
        model.addAttribute("firings", views.firings(campaign));
        List<RunLines.Shown> shown = views.runs(campaign, runs == null ? Integer.MAX_VALUE : runs, RUNS + 1);
        model.addAttribute("runs", shown.subList(0, Math.min(RUNS, shown.size())));
        model.addAttribute("olderRuns", shown.size() > RUNS ? shown.get(RUNS - 1).number() : null);
        var some = views.versions(campaign, versions == null ? Integer.MAX_VALUE : versions, VERSIONS + 1);
        model.addAttribute("versions", some.subList(0, Math.min(VERSIONS, some.size())));
        model.addAttribute("olderVersions", some.size() > VERSIONS ? some.get(VERSIONS - 1).number() : null);
        var rows = now.doubt() == 0
                ? List.<CampaignView.Doubtful>of()
                : views.doubtful(campaign, row(doubts), PAGE + 1);
        model.addAttribute("doubtful", rows.subList(0, Math.min(PAGE, rows.size())));
        model.addAttribute("nextDoubt", rows.size() > PAGE ? rows.get(PAGE - 1).row() : null);
        model.addAttribute("version", campaign.version());
        return "web/campaigns/campaign";
    }

    /** Says how many people it concerns; nothing is done yet. */
    @GetMapping(NAME + "/actions/{word}")
    String confirm(@PathVariable String name, @PathVariable String word, Model model) {
        Campaign campaign = named(name);
        Action action = Choice.action(word).orElseThrow(CampaignPages::gone);
        String refusal = campaigns.refusal(campaign.id(), action).orElse(null);
        long waiting = concerned.waiting(campaign);
        ActionReach.People people = refusal == null ? reach.of(campaign, action) : new ActionReach.People(0, false);
        model.addAttribute("name", name);
        model.addAttribute("choice", Choice.of(action, waiting, refusal));
        model.addAttribute("people", words(people));
        model.addAttribute("about", people.about());
        boolean mails = action != Action.CANCEL && action != Action.ANSWER_SKIP && action != Action.PAUSE;
        model.addAttribute("time", mails ? views.time(campaign, people.people()) : "");
        model.addAttribute("mails", mails);
        model.addAttribute("nobody", people.people() == 0 && !people.about());
        return "web/campaigns/confirm";
    }

    static String words(ActionReach.People people) {
        return (people.about() ? "about " : "") + Words.number(people.people())
                + (people.people() == 1 ? " person" : " people");
    }

    private Campaign named(String name) {
        return campaigns.find(name).filter(campaign -> campaign.version() > 0).orElseThrow(CampaignPages::gone);
    }

    private static @Nullable RowId row(@Nullable String written) {
        try {
            return written == null ? null : RowId.parse(written);
        } catch (InvalidInput e) {
            throw gone();
        }
    }

    static ResponseStatusException gone() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
