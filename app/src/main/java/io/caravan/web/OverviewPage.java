package io.caravan.web;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** {@code /}: every run, how far it is and what holds it. {@code /runs} is its list alone, for the script that refreshes it. */
@Controller
class OverviewPage {

    private static final int MOST = 50;

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
        return "web/overview";
    }

    @GetMapping("/runs")
    String list(Model model) {
        fill(model);
        return "web/overview :: runs";
    }

    private void fill(Model model) {
        Instant now = clock.instant();
        List<RunView> runs = overview.runs(MOST).stream().map(run -> RunView.of(run, now)).toList();
        model.addAttribute("runs", runs);
        model.addAttribute("open", runs.stream().filter(RunView::open).count());
        model.addAttribute("most", runs.size() == MOST);
        model.addAttribute("drop", dropFolder);
    }
}
