package io.caravan.web.editor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Draft;
import io.caravan.campaign.Version;
import io.caravan.flow.AudienceReckoning;
import io.caravan.flow.CampaignActs;
import io.caravan.flow.CampaignDrafts;
import io.caravan.flow.CampaignFiles.Outcome;
import io.caravan.flow.DraftCheck;
import io.caravan.flow.DraftFault;
import io.caravan.flow.DraftPreflight;
import io.caravan.flow.Reckoning;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;
import io.caravan.scheduling.ScheduleWords;
import io.caravan.web.Words;
import io.caravan.web.campaigns.Differences;

/** Step 5: what will happen, to how many, for how long, and what is other than before; then it is done, as if the file had been dropped. */
@Controller
class ReviewStep {

    private static final String PATH = EditorSteps.EDIT + "review";

    private final EditorSteps steps;
    private final CampaignDrafts drafts;
    private final DraftPreflight preflight;
    private final AudienceReckoning reckoning;
    private final CampaignActs acts;

    ReviewStep(EditorSteps steps, CampaignDrafts drafts, DraftPreflight preflight, AudienceReckoning reckoning,
            CampaignActs acts) {
        this.steps = steps;
        this.drafts = drafts;
        this.preflight = preflight;
        this.reckoning = reckoning;
        this.acts = acts;
    }

    /** A file that is other than in the version in force. */
    record Changed(String file, String what, List<Differences.Line> lines) {
    }

    @GetMapping(PATH)
    ModelAndView show(@PathVariable String name, Model model) {
        return steps.show(name, Step.REVIEW, model, typed -> fill(typed.draft(), model));
    }

    /** @param go {@code keep}: a version, no more; {@code start}: and begin now */
    @PostMapping(PATH)
    ModelAndView take(@PathVariable String name, @RequestParam long edit,
            @RequestParam(defaultValue = "keep") String go,
            RedirectAttributes flash) {
        Draft draft = steps.open(name);
        if (draft.edit() != edit) {
            flash.addFlashAttribute("refused", "The draft was saved meanwhile, in another tab or by somebody else."
                    + " This is how it is now: read it once more.");
            return EditorSteps.to("/campaigns/" + name + "/edit/review");
        }
        try {
            Outcome outcome = drafts.take(draft);
            flash.addFlashAttribute("said", String.join("\n", outcome.lines().stream().limit(1).toList()) + ". "
                    + what(outcome, go.equals("start")));
        } catch (InvalidInput e) {
            flash.addFlashAttribute("refused", String.join("\n", e.problems()));
            boolean stays = drafts.inForce(name).isEmpty()
                    || drafts.open(name).filter(now -> now.edit() == edit).isPresent();
            return EditorSteps.to("/campaigns/" + name + (stays ? "/edit/review" : ""));
        }
        return EditorSteps.to("/campaigns/" + name);
    }

    private String what(Outcome outcome, boolean start) {
        Campaign campaign = outcome.stored().campaign();
        if (start && outcome.spec().schedule() == null) {
            acts.act(campaign, Action.START);
            return "It is started.";
        }
        return switch (outcome.stored().consequence()) {
            case NOTHING -> "Nothing is other than before.";
            case WAITS_FOR_START -> "It waits until you start it.";
            case SCHEDULED -> "It is sent " + ScheduleWords.of(outcome.spec().schedule()) + ".";
            case NEXT_RUNS -> "The run under way goes on as it began; the next ones take this.";
            case VERSION_ONLY ->
                "It was sent before, so nobody is mailed again by itself; use Start again or Start for new"
                        + " people.";
            case REOPENED -> "Its refused run is opened again.";
            case STAYS_PAUSED -> "It stays paused until you resume it.";
            case STAYS_CANCELLED -> "It stays cancelled; use Start for new people to send it.";
        };
    }

    private void fill(Draft draft, Model model) {
        List<DraftFault> faults = drafts.faults(draft);
        CampaignSpec spec = drafts.legible(draft).spec();
        Optional<DraftCheck> check = preflight.of(draft.name()).filter(one -> one.edit() == draft.edit());
        Reckoning people = reckoning.of(spec);
        boolean exact = check.filter(one -> one.state() == DraftCheck.State.GOOD).isPresent();
        long reached = exact ? check.get().reached() : people.reached();
        model.addAttribute("saved", draft.edit() != 0);
        model.addAttribute("wrong", faults.stream().map(fault -> new Wrong(fault.field(), fault.message(), step(fault)))
                .toList());
        model.addAttribute("check", check.map(one -> CheckView.of(one, draft.edit())).orElse(null));
        model.addAttribute("reached", (exact || !people.about() ? "" : "about ") + Words.number(reached));
        model.addAttribute("left", Words.number(exact
                ? check.get().suppressed() + check.get().excluded()
                : people.suppressed() + people.excluded()));
        model.addAttribute("subject", spec.subject());
        model.addAttribute("from", spec.from());
        model.addAttribute("to", to(spec));
        model.addAttribute("when", ScheduleWords.of(spec.schedule()));
        model.addAttribute("kind", kind(spec));
        model.addAttribute("takes", takes(spec, reached));
        Version inForce = drafts.inForce(draft.name()).orElse(null);
        model.addAttribute("version", inForce == null ? null : inForce.version());
        model.addAttribute("moved", inForce != null && inForce.version() != draft.base());
        model.addAttribute("changes", inForce == null ? List.of() : changes(inForce, draft));
    }

    /** A fault, and where it is mended; "" if only in the campaign file. */
    record Wrong(String field, String message, String step) {
    }

    private static String step(DraftFault fault) {
        for (Step step : Step.values()) {
            if (step.asksFor(fault.root())) {
                return step.word();
            }
        }
        return "";
    }

    private static String to(CampaignSpec spec) {
        String csv = spec.audience().csv();
        String of = csv == null ? "the list " + spec.audience().list() : "the file " + csv;
        return spec.audience().exclude().isEmpty()
                ? of
                : of + ", without " + String.join(", ", spec.audience().exclude());
    }

    private static String kind(CampaignSpec spec) {
        CampaignSpec.Schedule schedule = spec.schedule();
        return schedule == null ? "draft" : schedule.now() ? "now" : "later";
    }

    private String takes(CampaignSpec spec, long people) {
        Rate rate = reckoning.tightest(spec);
        return rate == null
                ? "as fast as the mail is taken: no rate is set"
                : "about " + Words.duration(AudienceReckoning.time(people, rate)) + ", at " + rate;
    }

    private List<Changed> changes(Version before, Draft after) {
        List<Changed> changes = new ArrayList<>();
        List<Differences.Line> file = Differences.of(before.source(), after.source());
        if (!file.isEmpty()) {
            changes.add(new Changed("the campaign file", "changed", file));
        }
        Map<String, Long> old = before.contents();
        Map<String, Long> now = after.contents();
        Set<String> names = new LinkedHashSet<>(now.keySet());
        names.addAll(old.keySet());
        for (String name : names) {
            if (!Objects.equals(old.get(name), now.get(name))) {
                changes.add(changed(name, old.get(name), now.get(name)));
            }
        }
        return changes;
    }

    private Changed changed(String name, @Nullable Long before, @Nullable Long after) {
        if (before == null || after == null) {
            return new Changed(name, before == null ? "added" : "removed", List.of());
        }
        boolean isText = name.matches(".*\\.(html?|txt|md|css|csv)");
        return new Changed(name, "changed", isText ? Differences.of(text(before), text(after)) : List.of());
    }

    private String text(long content) {
        return new String(drafts.bytes(content), StandardCharsets.UTF_8);
    }
}
