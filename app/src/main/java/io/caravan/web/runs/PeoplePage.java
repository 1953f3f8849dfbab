package io.caravan.web.runs;

import java.util.Arrays;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.RunPeople;
import io.caravan.delivery.RunPeople.Question;
import io.caravan.flow.RunReport;
import io.caravan.flow.RunReports;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.pacing.Lanes;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /runs/ID/people}: who is in a run, by address, state, reason and domain. */
@Controller
class PeoplePage {

    private static final int PAGE = 50;

    private final RunReports reports;
    private final RunPeople people;
    private final Lanes lanes;

    PeoplePage(RunReports reports, RunPeople people, Lanes lanes) {
        this.reports = reports;
        this.people = people;
        this.lanes = lanes;
    }

    /** A recipient's line in words. */
    public record Line(int n, String address, String state, String stateWords, String reason, int attempts, String host,
            String status, String reply, @Nullable Moment at) {
        static Line of(LedgerRow row) {
            return new Line(row.row().n(), row.address(), row.state().word(), row.state().word().replace('_', ' '),
                    row.reason(), row.attempts(), row.host(), row.status(), row.reply(),
                    Moment.of(row.lastAttempt()));
        }
    }

    /** A state to choose, with the number of rows in it. */
    public record Option(String word, String words) {
    }

    /** What was asked, as the page's links repeat it; null where nothing was. */
    public record Asked(@Nullable String state, @Nullable String reason, @Nullable String q, @Nullable Integer lane) {

        public boolean any() {
            return state != null || reason != null || q != null || lane != null;
        }
    }

    @GetMapping(RunPage.ID + "/people")
    String page(@PathVariable long id, @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String reason, @RequestParam(defaultValue = "") String q,
            @RequestParam(required = false) @Nullable Integer lane, @RequestParam(defaultValue = "") String after,
            Model model) {
        RunReport report = reports.of(new RunId(id)).orElseThrow(RunPage::gone);
        Optional<RowState> of = Arrays.stream(RowState.values()).filter(one -> one.word().equals(state)).findFirst();
        Question question = new Question(of.orElse(null), q.strip(), reason.strip(), lane);
        boolean byNumber = q.isBlank();
        RunPeople.Page page = people.page(report.run().id(), question,
                after.isEmpty() || byNumber && !after.matches("\\d{1,9}") ? null : after, PAGE);
        model.addAttribute("id", id);
        model.addAttribute("run", "run " + report.run().number());
        model.addAttribute("campaign", report.campaign().name());
        model.addAttribute("asked", new Asked(of.map(RowState::word).orElse(null), given(reason), given(q), lane));
        model.addAttribute("domain", lane == null ? null : domain(lane));
        model.addAttribute("states", Arrays.stream(RowState.values()).map(one -> new Option(one.word(),
                one.word().replace('_', ' ') + " (" + Words.number(report.count(one)) + ")")).toList());
        model.addAttribute("people", page.rows().stream().map(Line::of).toList());
        model.addAttribute("next", page.next());
        model.addAttribute("first", after.isEmpty());
        model.addAttribute("planned", report.planned());
        model.addAttribute("looked", page.next() != null && page.rows().size() < PAGE && page.to() > 0
                ? "Looked at rows " + Words.number(page.from()) + " to " + Words.number(page.to()) + " of "
                        + Words.number(report.planned()) + "."
                : "");
        return "web/runs/people";
    }

    private static @Nullable String given(String text) {
        return text.isBlank() ? null : text.strip();
    }

    private String domain(int lane) {
        String provider = lanes.provider(lane);
        return provider.equals(Lanes.TAIL) ? "small domains" : provider;
    }
}
