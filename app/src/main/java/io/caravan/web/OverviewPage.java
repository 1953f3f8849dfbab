package io.caravan.web;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * {@code /}: what needs a person, every run with how far it is and what holds it, and which campaigns fire next. {@code /runs} and
 * {@code /firings} are its moving parts alone.
 */
@Controller
class OverviewPage {

    private static final int MOST = 50;
    private static final int NEXT = 10;

    private final Overview overview;
    private final Clock clock;
    private final String dropFolder;

    OverviewPage(Overview overview, Clock clock, @Value("${caravan.data:./data}") String data) {
        this.overview = overview;
        this.clock = clock;
        dropFolder = data + "/drop";
    }

    @GetMapping("/")
    String page(Model model) {
        fill(model);
        next(model);
        return "web/overview";
    }

    @GetMapping("/runs")
    String list(Model model) {
        fill(model);
        return "web/overview :: runs";
    }

    @GetMapping("/firings")
    String firings(Model model) {
        next(model);
        return "web/overview :: firings";
    }

    private void next(Model model) {
        model.addAttribute("firings", overview.firings(NEXT).stream()
                .map(firing -> new FiringView(firing.campaign(), firing.at().toString(), Words.time(firing.at())))
                .toList());
    }

    /** A firing in words. */
    public record FiringView(String campaign, String at, String when) {
    }

    private void fill(Model model) {
        Instant now = clock.instant();
        List<RunView> runs = overview.runs(MOST).stream().map(run -> RunView.of(run, now)).toList();
        model.addAttribute("runs", runs);
        model.addAttribute("needs", overview.needs().stream().map(NeedView::of).toList());
        model.addAttribute("most", runs.size() == MOST);
        model.addAttribute("drop", dropFolder);
    }
}
