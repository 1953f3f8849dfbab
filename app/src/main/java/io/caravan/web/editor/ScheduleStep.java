package io.caravan.web.editor;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.flow.CampaignDrafts;
import io.caravan.intake.CampaignText;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.InvalidInput;
import io.caravan.scheduling.Firings;
import io.caravan.scheduling.ScheduleWords;

/** Step 3: when, how fast, and what happens to what comes late or stays in doubt. */
@Controller
class ScheduleStep {

    private static final int SHOWN = 10;
    private static final String PATH = EditorSteps.EDIT + "schedule";
    private static final DateTimeFormatter THERE = DateTimeFormatter.ofPattern("EEE d MMM yyyy, HH:mm:ss",
            Locale.ENGLISH);

    private final EditorSteps steps;
    private final CampaignDrafts drafts;
    private final Clock clock;

    ScheduleStep(EditorSteps steps, CampaignDrafts drafts, Clock clock) {
        this.steps = steps;
        this.drafts = drafts;
        this.clock = clock;
    }

    /** What the step asks for; {@code when} is draft, now, at or cron. */
    record Form(@Nullable String when, @Nullable String at, @Nullable String cron, @Nullable String zone,
            @Nullable String late, @Nullable String then, @Nullable String rate, @Nullable String inDoubt) {

        void into(CampaignText text) {
            switch (string(when)) {
                case "now" -> text.remove("schedule.cron").set("schedule.at", "now");
                case "at" -> {
                    text.remove("schedule.cron").set("schedule.at", at().isEmpty() ? "?" : at());
                    zoneAndLate(text);
                }
                case "cron" -> {
                    text.remove("schedule.at").set("schedule.cron", string(cron).isEmpty() ? "?" : string(cron));
                    zoneAndLate(text);
                }
                default -> text.remove("schedule");
            }
            text.set("rate", string(rate));
            if (text.has("in_doubt") || !string(inDoubt).equals("hold")) {
                text.set("in_doubt", string(inDoubt));
            }
        }

        @Override
        public String at() {
            return string(at);
        }

        private void zoneAndLate(CampaignText text) {
            text.set("schedule.zone", string(zone));
            boolean usual = string(late).equals("1h") && string(then).equals("ask");
            if (text.has("schedule.misfire") || !usual) {
                text.set("schedule.misfire.late", string(late)).set("schedule.misfire.then", string(then));
            }
        }

        private static String string(@Nullable String value) {
            return value == null ? "" : value.strip();
        }
    }

    /** A moment that a campaign is sent at, on its own clock and for the viewer's. */
    record Firing(String there, String utc, String iso) {
    }

    @GetMapping(PATH)
    ModelAndView show(@PathVariable String name, Model model) {
        return steps.show(name, Step.SCHEDULE, model, typed -> fill(typed.text(), model));
    }

    @PostMapping(PATH)
    ModelAndView save(@PathVariable String name, @RequestParam long edit, @RequestParam(defaultValue = "0") long over,
            @RequestParam(defaultValue = "save") String go, Form form, Model model, RedirectAttributes flash) {
        Typed typed = new Typed(steps.open(name));
        form.into(typed.text());
        return steps.save(typed, new EditorSteps.Posted(name, edit, over, go), Step.SCHEDULE, model, flash,
                now -> fill(now.text(), model));
    }

    /** The next ten of what is typed and not saved yet. */
    @PostMapping(PATH + "/firings")
    String firings(@PathVariable String name, Form form, Model model) {
        Typed typed = new Typed(steps.open(name));
        form.into(typed.text());
        model.addAttribute("name", name);
        firings(typed.text(), model);
        return "web/editor/schedule :: firings";
    }

    private void fill(CampaignText text, Model model) {
        String at = text.scalar("schedule.at");
        String cron = text.scalar("schedule.cron");
        model.addAttribute("when", !text.has("schedule")
                ? "draft"
                : text.has("schedule.cron") ? "cron" : at.equals("now") ? "now" : "at");
        model.addAttribute("at", at.equals("now") || at.equals("?") ? "" : at);
        model.addAttribute("cron", cron.equals("?") ? "" : cron);
        String zone = text.scalar("schedule.zone");
        model.addAttribute("zone", zone.isEmpty() ? clockZone() : zone);
        model.addAttribute("zones", ZoneId.getAvailableZoneIds().stream()
                .filter(id -> id.matches("(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.*|UTC"))
                .sorted().toList());
        String late = text.scalar("schedule.misfire.late");
        String then = text.scalar("schedule.misfire.then");
        model.addAttribute("late", late.isEmpty() ? "1h" : late);
        model.addAttribute("then", then.isEmpty() ? "ask" : then);
        model.addAttribute("rate", text.scalar("rate"));
        model.addAttribute("inDoubt", text.scalar("in_doubt").isEmpty() ? "hold" : text.scalar("in_doubt"));
        firings(text, model);
    }

    private void firings(CampaignText text, Model model) {
        Schedule schedule = drafts.legible(text.text(), java.util.Map.of()).spec().schedule();
        boolean isWrong = schedule == null && text.has("schedule");
        model.addAttribute("words", isWrong ? "" : ScheduleWords.of(schedule));
        model.addAttribute("firings", schedule == null || schedule.now() ? List.of() : next(schedule));
        model.addAttribute("past", schedule != null && schedule.at() != null && next(schedule).isEmpty());
    }

    private List<Firing> next(Schedule schedule) {
        try {
            return Firings.next(schedule, clock.instant(), SHOWN).stream()
                    .map(moment -> firing(moment, schedule.zone()))
                    .toList();
        } catch (InvalidInput e) {
            return List.of();
        }
    }

    static Firing firing(Instant moment, ZoneId zone) {
        return new Firing(THERE.format(moment.atZone(zone)) + " " + zone, io.caravan.web.Words.time(moment),
                moment.toString());
    }

    private static String clockZone() {
        return ZoneId.systemDefault().getId();
    }
}
