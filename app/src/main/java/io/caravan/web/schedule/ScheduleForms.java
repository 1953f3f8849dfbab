package io.caravan.web.schedule;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.UriComponentsBuilder;

import io.caravan.campaign.Run;
import io.caravan.flow.ScheduleDesk;
import io.caravan.mail.Fault;
import io.caravan.web.Words;

/** What a person asks of a schedule: done or refused, both are said on the page that they came from. */
@Controller
class ScheduleForms {

    private static final String FROM_LIST = "list";

    private final ScheduleDesk desk;

    ScheduleForms(ScheduleDesk desk) {
        this.desk = desk;
    }

    private interface Asked {
        String done();
    }

    @PostMapping("/schedule/{campaign}/trigger")
    RedirectView trigger(@PathVariable String campaign, @RequestParam(defaultValue = "") String from,
            RedirectAttributes flash) {
        return act(campaign, from, flash, () -> {
            Run run = desk.trigger(campaign);
            return campaign + " fired at " + Words.time(run.scheduledFor()) + ": run " + run.number() + " is opened";
        });
    }

    @PostMapping("/schedule/{campaign}/pause")
    RedirectView pause(@PathVariable String campaign, @RequestParam(defaultValue = "") String from,
            RedirectAttributes flash) {
        return act(campaign, from, flash, () -> {
            desk.pause(campaign);
            return "The schedule of " + campaign + " is paused: it fires again when it is resumed. Open runs go on.";
        });
    }

    @PostMapping("/schedule/{campaign}/resume")
    RedirectView resume(@PathVariable String campaign, @RequestParam(defaultValue = "") String from,
            RedirectAttributes flash) {
        return act(campaign, from, flash, () -> {
            desk.resume(campaign);
            return "The schedule of " + campaign + " goes on" + desk.find(campaign)
                    .flatMap(line -> desk.firings(line, 1).stream().findFirst())
                    .map(next -> "; it fires next at " + Words.time(next)).orElse("");
        });
    }

    private static RedirectView act(String campaign, String from, RedirectAttributes flash, Asked asked) {
        try {
            flash.addFlashAttribute("said", asked.done());
        } catch (Fault refused) {
            flash.addFlashAttribute("refused", refused.getMessage());
        }
        RedirectView back = new RedirectView(from.equals(FROM_LIST)
                ? "/schedule"
                : UriComponentsBuilder.fromPath("/schedule/{campaign}").build(campaign).toString(), true);
        back.setStatusCode(HttpStatus.SEE_OTHER);
        back.setExposeModelAttributes(false);
        return back;
    }
}
