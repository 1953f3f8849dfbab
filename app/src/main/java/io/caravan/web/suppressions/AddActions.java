package io.caravan.web.suppressions;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.flow.SuppressionFile;
import io.caravan.flow.SuppressionFile.Otherwise;
import io.caravan.flow.SuppressionFile.Taken;
import io.caravan.mail.InvalidInput;
import io.caravan.suppression.Expiry;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppressions;
import io.caravan.web.Words;

/** Adding by hand and from a file, and the list as a file. */
@Controller
class AddActions {

    private static final int SHOWN = 10;

    private final Suppressions suppressions;
    private final Clock clock;

    AddActions(Suppressions suppressions, Clock clock) {
        this.suppressions = suppressions;
        this.clock = clock;
    }

    @PostMapping("/suppressions/add")
    RedirectView add(@RequestParam(defaultValue = "") String addresses, @RequestParam(defaultValue = "") String scope,
            @RequestParam(defaultValue = "") String evidence, @RequestParam(defaultValue = "") String expires,
            RedirectAttributes flash) {
        if (addresses.isBlank()) {
            flash.addFlashAttribute("refused", "Nothing was added: write at least one address.");
            return back();
        }
        return take(() -> new StringReader(addresses), Reason.MANUAL, scope,
                evidence.isBlank() ? "by hand" : evidence.strip(), expires, flash);
    }

    @PostMapping("/suppressions/import")
    RedirectView take(@RequestParam MultipartFile file, @RequestParam(defaultValue = "") String scope,
            @RequestParam(defaultValue = "") String evidence, @RequestParam(defaultValue = "") String expires,
            RedirectAttributes flash) {
        if (file.isEmpty()) {
            flash.addFlashAttribute("refused", "Nothing was imported: choose a file with an address in each line.");
            return back();
        }
        String name = file.getOriginalFilename();
        return take(() -> new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8), Reason.IMPORT, scope,
                evidence.isBlank() ? "imported" + (name == null ? "" : " from " + name) : evidence.strip(), expires,
                flash);
    }

    /** Where the lines come from. */
    @FunctionalInterface
    private interface Source {
        Reader open() throws IOException;
    }

    private RedirectView take(Source source, Reason reason, String scope, String evidence, String expires,
            RedirectAttributes flash) {
        Instant now = clock.instant();
        try (Reader text = source.open()) {
            Taken taken = SuppressionFile.take(suppressions, text,
                    new Otherwise(scope.isBlank() ? Scope.GLOBAL : new Scope(scope.strip()), reason, evidence,
                            Expiry.parse(expires, now)),
                    now);
            if (taken.added() + taken.known() > 0 || taken.invalid() == 0) {
                flash.addFlashAttribute("said", Words.number(taken.added()) + " added"
                        + (taken.known() == 0 ? "" : ", " + Words.number(taken.known()) + " were there before")
                        + ". Mail to them that is queued stops within two seconds.");
            }
            if (taken.invalid() > 0) {
                flash.addFlashAttribute("refused", problems(taken));
            }
        } catch (InvalidInput e) {
            flash.addFlashAttribute("refused", "Nothing was added: " + e.getMessage());
        } catch (IOException e) {
            flash.addFlashAttribute("refused", "The file could not be read to its end: " + e.getMessage());
        }
        return back();
    }

    private static String problems(Taken taken) {
        return (taken.invalid() == 1 ? "One line" : Words.number(taken.invalid()) + " lines")
                + " could not be taken: "
                + taken.problems().stream().limit(SHOWN).map(each -> "line " + each.line() + ": " + each.message())
                        .collect(Collectors.joining("; "))
                + (taken.invalid() > SHOWN ? "; and more" : "") + ".";
    }

    private static RedirectView back() {
        return new RedirectView("/suppressions", true, false);
    }

    /** For spreadsheets: what they would take for a formula gets a {@code '} before it. The API's and the verb's export are exact. */
    @GetMapping("/suppressions/export")
    void export(HttpServletResponse response) throws IOException {
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"suppressions.csv\"");
        PrintWriter out = response.getWriter();
        out.println(SuppressionFile.HEADER);
        suppressions.export(entry -> out.println(SuppressionFile.line(entry, AddActions::guarded)));
        out.flush();
    }

    private static String guarded(String cell) {
        return !cell.isEmpty() && "=+-@\t\r\uFF1D\uFF0B\uFF0D\uFF20".indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
    }
}
