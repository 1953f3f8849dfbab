package io.caravan.web.runs;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.delivery.RunLanes;
import io.caravan.flow.CampaignActs;
import io.caravan.flow.RunNote;
import io.caravan.flow.RunReport;
import io.caravan.flow.RunReports;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.web.Moment;
import io.caravan.web.RunView;
import io.caravan.web.Words;

/** {@code /runs/ID}: how a run stands, by state and by recipient domain, what holds it, and what can be done. */
@Controller
class RunPage {

    static final String ID = "/runs/{id:\\d{1,18}}";
    private static final int LANES = 50;

    private final RunReports reports;
    private final Campaigns campaigns;
    private final CampaignActs acts;
    private final Clock clock;

    RunPage(RunReports reports, Campaigns campaigns, CampaignActs acts, Clock clock) {
        this.reports = reports;
        this.campaigns = campaigns;
        this.acts = acts;
        this.clock = clock;
    }

    /** Something that can be done now. */
    public record Choice(String word, String label, String says, boolean risk) {
    }

    @GetMapping(ID)
    String page(@PathVariable long id, @RequestParam(defaultValue = "") String lanes, Model model) {
        fill(id, lanes, model);
        return "web/runs/run";
    }

    @GetMapping(ID + "/now")
    String now(@PathVariable long id, @RequestParam(defaultValue = "") String lanes, Model model) {
        fill(id, lanes, model);
        return "web/runs/run :: now";
    }

    private void fill(long id, String after, Model model) {
        RunReport report = reports.of(new RunId(id)).orElseThrow(RunPage::gone);
        Instant now = clock.instant();
        List<RunReport.Lane> some = reports.lanes(new RunId(id), after(after), LANES + 1);
        List<RunReport.Lane> shown = some.subList(0, Math.min(LANES, some.size()));
        model.addAttribute("run", RunView.of(LaneView.whole(report), now));
        model.addAttribute("version", report.run().version());
        model.addAttribute("settled", settled(report));
        model.addAttribute("note", note(report));
        model.addAttribute("doubt", report.count(RowState.IN_DOUBT));
        model.addAttribute("retry", report.nextRetry() == null ? null : Moment.at(report.nextRetry()));
        model.addAttribute("lanes", shown.stream().map(lane -> LaneView.of(report, lane, now)).toList());
        model.addAttribute("lanesFrom", after.isEmpty() ? null : after);
        model.addAttribute("noLane", noLane(report, shown, some.size() <= LANES && after.isEmpty()));
        model.addAttribute("nextLanes", some.size() > LANES
                ? shown.getLast().planned() + "-" + shown.getLast().lane()
                : null);
        model.addAttribute("choices", choices(report));
    }

    /** How many are final, in words of the ledger's own numbers. */
    private static String settled(RunReport report) {
        long done = report.counts().entrySet().stream().filter(count -> count.getKey().isFinal())
                .mapToLong(java.util.Map.Entry::getValue).sum();
        return Words.number(done);
    }

    /** What planning found, while the state has nothing else to say by it. */
    private static @Nullable String note(RunReport report) {
        return switch (report.run().state()) {
            case PREFLIGHT -> RunNote.without(report.run().reason());
            case RUNNING, FINISHED -> report.run().reason();
            case PLANNING, ASKING, REFUSED, PAUSED, CANCELLED -> null;
        };
    }

    /** Those who were suppressed or excluded when it was planned belong to no lane; "" when not all lanes are on the page. */
    private static String noLane(RunReport report, List<RunReport.Lane> all, boolean whole) {
        long left = report.planned() - all.stream().mapToLong(RunReport.Lane::planned).sum();
        return whole && !all.isEmpty() && left > 0 ? Words.number(left) : "";
    }

    private static RunLanes.@org.jspecify.annotations.Nullable After after(String lanes) {
        return lanes.matches("\\d{1,12}-\\d{1,9}")
                ? new RunLanes.After(Long.parseLong(lanes.substring(0, lanes.indexOf('-'))),
                        Integer.parseInt(lanes.substring(lanes.indexOf('-') + 1)))
                : null;
    }

    private List<Choice> choices(RunReport report) {
        if (!LaneView.whole(report).open()) {
            return List.of();
        }
        long left = report.count(RowState.PENDING) + report.count(RowState.DEFERRED);
        List<Choice> all = List.of(
                new Choice("pause", "Pause", "What is being sent is finished; nothing new begins.", false),
                new Choice("resume", "Resume", Words.number(left) + " left, nobody twice.", false),
                new Choice("cancel", "Cancel",
                        Words.number(left) + " will not be mailed; what is being sent is finished.",
                        true));
        return all.stream().filter(choice -> campaigns.refusal(report.campaign().id(), action(choice.word())).isEmpty())
                .toList();
    }

    @PostMapping(ID + "/{word:pause|resume|cancel}")
    RedirectView act(@PathVariable long id, @PathVariable String word, RedirectAttributes flash) {
        RunReport report = reports.of(new RunId(id)).orElseThrow(RunPage::gone);
        try {
            if (!LaneView.whole(report).open()) {
                throw new InvalidInput("This run is over (" + report.run().state().word() + "): there is nothing to "
                        + word + ".");
            }
            acts.act(report.campaign(), action(word));
            flash.addFlashAttribute("said", said(word));
        } catch (InvalidInput refused) {
            flash.addFlashAttribute("refused", String.valueOf(refused.getMessage()));
        }
        RedirectView back = new RedirectView("/runs/" + id, true);
        back.setStatusCode(HttpStatus.SEE_OTHER);
        return back;
    }

    private static Action action(String word) {
        return switch (word) {
            case "pause" -> Action.PAUSE;
            case "resume" -> Action.RESUME;
            case "cancel" -> Action.CANCEL;
            default -> throw gone();
        };
    }

    private static String said(String word) {
        return switch (word) {
            case "pause" -> "Paused. What was being sent is finished; nothing new begins.";
            case "resume" -> "It goes on where it was. Nobody is mailed twice.";
            default -> "Cancelled. Who had not been mailed is not mailed; what was being sent is finished.";
        };
    }

    static ResponseStatusException gone() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
