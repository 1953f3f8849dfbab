package io.caravan.web.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

import io.caravan.flow.RouteBoard;
import io.caravan.flow.ScheduleDesk;
import io.caravan.flow.ScheduleDesk.Line;
import io.caravan.flow.ScheduleDesk.Misfire;
import io.caravan.scheduling.ScheduleWords;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /schedule} and {@code /schedule/CAMPAIGN}; with {@code ?live} what moves on it alone. */
@Controller
class SchedulePages {

    private static final int PAGE = 100;
    private static final int MISFIRES = 20;
    private static final int FIRINGS = 10;

    private final ScheduleDesk desk;
    private final RouteBoard routes;

    SchedulePages(ScheduleDesk desk, RouteBoard routes) {
        this.desk = desk;
        this.routes = routes;
    }

    /** A firing that came late. {@code became}: what its run is now. */
    public record Late(String campaign, int run, long id, Moment due, Moment opened, String late, String became,
            String look, String reason) {
        static Late of(Misfire misfire) {
            Instant due = misfire.run().scheduledFor();
            Instant opened = misfire.run().openedAt();
            String reason = misfire.run().reason();
            return new Late(misfire.campaign(), misfire.run().number(), misfire.run().id().value(), Moment.at(due),
                    Moment.at(opened), Words.duration(Duration.between(due, opened)),
                    misfire.run().state().word(), "is-" + misfire.run().state().word(), reason == null ? "" : reason);
        }
    }

    /** A firing to come, in the schedule's zone and as a moment. */
    public record Firing(String there, Moment moment) {
        private static final DateTimeFormatter THERE = DateTimeFormatter.ofPattern("EEE d MMM yyyy, HH:mm:ss",
                Locale.ENGLISH);

        static Firing of(Instant firing, ZoneId zone) {
            return new Firing(THERE.format(firing.atZone(zone)), Moment.at(firing));
        }
    }

    /** A job of the program's own. */
    public record Job(String route, String description, String every, @Nullable Moment last, String count) {
        static Job of(RouteBoard.Line line) {
            Duration every = line.every();
            return new Job(line.id(), line.description(), every == null ? "" : "every " + interval(every),
                    Moment.of(line.figures().last()), Words.number(line.figures().total()));
        }

        private static String interval(Duration time) {
            return time.toSeconds() < 1 ? time.toMillis() + " ms" : Words.duration(time);
        }
    }

    @GetMapping("/schedule")
    String page(@RequestParam(defaultValue = "") String after, @RequestParam(required = false) @Nullable String live,
            Model model) {
        List<Line> found = desk.page(after, PAGE + 1);
        List<Line> page = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("rows", page.stream().map(ScheduleRow::of).toList());
        model.addAttribute("after", after);
        model.addAttribute("next", found.size() > PAGE ? page.getLast().campaign().name() : null);
        model.addAttribute("late", desk.misfires(MISFIRES).stream().map(Late::of).toList());
        model.addAttribute("jobs", routes.lines().stream().filter(line -> line.every() != null).map(Job::of).toList());
        return live == null ? "web/schedule/list" : "web/schedule/list :: schedules";
    }

    @GetMapping("/schedule/{campaign}")
    String one(@PathVariable String campaign, Model model) {
        Line line = desk.find(campaign).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        ZoneId zone = line.schedule().zone();
        model.addAttribute("row", ScheduleRow.of(line));
        model.addAttribute("zone", zone.getId());
        model.addAttribute("firings",
                desk.firings(line, FIRINGS).stream().map(firing -> Firing.of(firing, zone)).toList());
        model.addAttribute("policy", ScheduleWords.misfire(line.schedule().misfire()));
        return "web/schedule/one";
    }
}
