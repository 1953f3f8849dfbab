package io.caravan.web.tls;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;

import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

import io.caravan.flow.TlsReports;
import io.caravan.flow.TlsReports.Full;
import io.caravan.pacing.TlsDays.Day;

/** {@code /tls}, {@code /tls/DAY/DOMAIN} and its report as a file. */
@Controller
class TlsPage {

    private static final int LENGTH = 100;
    private static final String ONE = "/tls/{day:\\d{4}-\\d{2}-\\d{2}}/{domain:[a-z0-9._-]{1,255}}";

    private final TlsReports reports;

    TlsPage(TlsReports reports) {
        this.reports = reports;
    }

    @GetMapping("/tls")
    String list(@RequestParam(defaultValue = "") String day, @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "false") boolean failed, Model model) {
        List<LocalDate> days = reports.days();
        LocalDate shown = day.isEmpty() ? days.stream().findFirst().orElse(LocalDate.EPOCH) : day(day);
        List<Day> read = reports.page(shown, after, failed, LENGTH + 1);
        List<Day> lines = read.subList(0, Math.min(LENGTH, read.size()));
        model.addAttribute("days", days);
        model.addAttribute("day", shown);
        model.addAttribute("known", !days.isEmpty());
        model.addAttribute("failed", failed);
        model.addAttribute("after", after);
        model.addAttribute("sent", reports.areSent());
        model.addAttribute("domains", lines.stream().map(line -> TlsRow.of(line, reports)).toList());
        model.addAttribute("next", read.size() > LENGTH ? lines.getLast().domain() : null);
        return "web/tls/list";
    }

    @GetMapping(ONE)
    String one(@PathVariable String day, @PathVariable String domain, Model model) {
        Full full = reports.of(day(day), domain).orElseThrow(TlsPage::unknown);
        model.addAttribute("day", full.day().day());
        model.addAttribute("domain", TlsRow.of(full.day(), reports));
        model.addAttribute("lines", full.counts().stream().map(TlsRow.Line::of).toList());
        model.addAttribute("policies", TlsRow.Applied.of(full.policies()));
        return "web/tls/domain";
    }

    @GetMapping(ONE + "/report.json")
    ResponseEntity<String> report(@PathVariable String day, @PathVariable String domain) {
        return reports.report(day(day), domain).map(file -> ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename(file.name()).build().toString())
                .header(HttpHeaders.CONTENT_TYPE, "application/tlsrpt+json").body(file.json()))
                .orElseThrow(TlsPage::unknown);
    }

    private static LocalDate day(String written) {
        try {
            return LocalDate.parse(written);
        } catch (DateTimeException e) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "'" + written + "' is no day", e);
        }
    }

    private static ResponseStatusException unknown() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
