package io.caravan.web.runs;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

import io.caravan.campaign.Campaigns;
import io.caravan.delivery.Ledger;
import io.caravan.flow.LedgerLine;
import io.caravan.flow.RunReport;
import io.caravan.flow.RunReports;
import io.caravan.mail.Keyed;
import io.caravan.mail.RunId;

/**
 * {@code /runs/ID/spreadsheet.csv}: the whole ledger of a run for a spreadsheet, in slices, so at constant memory. What a spreadsheet would
 * take for a formula has {@code '} before it; {@code caravan ledger} and the API are exact.
 */
@Controller
class RunDownload {

    /** They begin a formula, and so do their full-width forms. */
    private static final String FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";
    private static final String BOM = "\uFEFF"; // without it spreadsheets take UTF-8 for something else

    private final RunReports reports;
    private final Ledger ledger;
    private final Campaigns campaigns;
    private final Keyed keyed;

    RunDownload(RunReports reports, Ledger ledger, Campaigns campaigns, Keyed keyed) {
        this.reports = reports;
        this.ledger = ledger;
        this.campaigns = campaigns;
        this.keyed = keyed;
    }

    @GetMapping(RunPage.ID + "/spreadsheet.csv")
    void download(@PathVariable long id, HttpServletResponse response) throws IOException {
        RunReport report = reports.of(new RunId(id)).orElseThrow(RunPage::gone);
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, ContentDisposition.attachment()
                .filename(report.campaign().name() + "-run-" + report.run().number() + "-spreadsheet.csv").build()
                .toString());
        LedgerLine line = LedgerLine.of(campaigns, keyed, report.run());
        try (Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8)) {
            out.write(BOM + csv(LedgerLine.COLUMNS));
            ledger.rows(report.run().id(), null, row -> write(out, csv(line.values(row))));
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        }
    }

    private static void write(Writer out, String line) {
        try {
            out.write(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String csv(List<? extends @Nullable Object> cells) {
        return cells.stream().map(cell -> '"' + guarded(cell == null ? "" : cell.toString()).replace("\"", "\"\"")
                + '"').collect(Collectors.joining(",", "", "\r\n"));
    }

    /** A cell that a spreadsheet may not run. */
    static String guarded(String cell) {
        return !cell.isEmpty() && FORMULA.indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
    }
}
