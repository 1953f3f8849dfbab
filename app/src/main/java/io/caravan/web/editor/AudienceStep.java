package io.caravan.web.editor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.audience.ListLine;
import io.caravan.audience.Lists;
import io.caravan.campaign.Campaigns;
import io.caravan.flow.AudienceReckoning;
import io.caravan.flow.CampaignDrafts;
import io.caravan.intake.CampaignText;
import io.caravan.web.Words;

/** Step 1: whom it is for, who is left out, and how many that makes. */
@Controller
class AudienceStep {

    private static final int MOST = 100;
    private static final String PATH = EditorSteps.EDIT + "audience";

    private final EditorSteps steps;
    private final CampaignDrafts drafts;
    private final AudienceReckoning reckoning;
    private final Lists lists;
    private final Campaigns campaigns;

    AudienceStep(EditorSteps steps, CampaignDrafts drafts, AudienceReckoning reckoning, Lists lists,
            Campaigns campaigns) {
        this.steps = steps;
        this.drafts = drafts;
        this.reckoning = reckoning;
        this.lists = lists;
        this.campaigns = campaigns;
    }

    /** A list to choose, or somebody to leave out. */
    record Choice(String value, String words, boolean chosen) {
    }

    @GetMapping(PATH)
    ModelAndView show(@PathVariable String name, Model model) {
        return steps.show(name, Step.AUDIENCE, model, typed -> fill(typed, model));
    }

    @PostMapping(PATH)
    ModelAndView save(@PathVariable String name, @RequestParam long edit, @RequestParam(defaultValue = "0") long over,
            @RequestParam(defaultValue = "save") String go, @RequestParam(defaultValue = "") String list,
            @RequestParam(defaultValue = "") String others, @RequestParam MultiValueMap<String, String> all,
            Model model,
            RedirectAttributes flash) {
        Typed typed = typed(name, list, all.getOrDefault("exclude", List.of()), others);
        return steps.save(typed, new EditorSteps.Posted(name, edit, over, go), Step.AUDIENCE, model, flash,
                now -> fill(now, model));
    }

    /** The figures for what is chosen and not saved yet. */
    @PostMapping(PATH + "/count")
    String count(@PathVariable String name, @RequestParam(defaultValue = "") String list,
            @RequestParam(defaultValue = "") String others, @RequestParam MultiValueMap<String, String> all,
            Model model) {
        count(typed(name, list, all.getOrDefault("exclude", List.of()), others), model);
        return "web/editor/audience :: count";
    }

    private Typed typed(String name, String list, List<String> exclude, String others) {
        Typed typed = new Typed(steps.open(name));
        CampaignText text = typed.text();
        if (!list.isEmpty()) { // empty: the file that it has, or not yet said
            text.remove("audience.csv").remove("audience.columns").remove("audience.mode").set("audience.list", list);
        } else if (text.has("audience.list")) {
            text.remove("audience.list");
        }
        Set<String> left = new LinkedHashSet<>(exclude);
        others.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(left::add);
        left.remove("");
        text.set("audience.exclude", List.copyOf(left));
        return typed;
    }

    private void fill(Typed typed, Model model) {
        CampaignText text = typed.text();
        String chosen = text.scalar("audience.list");
        Set<String> left = new LinkedHashSet<>(text.list("audience.exclude"));
        List<ListLine> known = lists.page("", MOST);
        List<Choice> from = new ArrayList<>();
        known.forEach(line -> from.add(new Choice(line.name(),
                line.name() + " (" + Words.number(line.members()) + ")", line.name().equals(chosen))));
        if (!chosen.isEmpty() && known.stream().noneMatch(line -> line.name().equals(chosen))) {
            from.add(new Choice(chosen, chosen + " (" + lists.line(chosen).map(line -> Words.number(line.members()))
                    .orElse("not there") + ")", true));
        }
        Set<String> offered = new LinkedHashSet<>();
        known.stream().filter(line -> !line.name().equals(chosen)).limit(20)
                .forEach(line -> offered.add("list:" + line.name()));
        campaigns.page("", Long.MAX_VALUE, 20).stream()
                .filter(campaign -> campaign.version() > 0 && !campaign.name().equals(typed.draft().name()))
                .forEach(campaign -> offered.add("campaign:" + campaign.name()));
        model.addAttribute("lists", from);
        model.addAttribute("file", text.scalar("audience.csv"));
        model.addAttribute("exclude", offered.stream()
                .map(value -> new Choice(value, words(value), left.contains(value))).toList());
        left.removeAll(offered);
        model.addAttribute("others", String.join("\n", left));
        count(typed, model);
    }

    private static String words(String exclude) {
        return exclude.startsWith("list:")
                ? "everybody on the list " + exclude.substring("list:".length())
                : "everybody whom campaign " + exclude.substring("campaign:".length()) + " reached";
    }

    private void count(Typed typed, Model model) {
        model.addAttribute("name", typed.draft().name());
        boolean unsaid = !typed.text().has("audience.list") && !typed.text().has("audience.csv");
        model.addAttribute("people", unsaid
                ? null
                : People.of(reckoning.of(drafts.legible(typed.text().text(), typed.files(drafts)).spec())));
    }
}
