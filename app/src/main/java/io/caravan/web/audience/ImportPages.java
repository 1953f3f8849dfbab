package io.caravan.web.audience;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.audience.ImportHistory;
import io.caravan.audience.ImportLine;
import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.audience.RowVerdict;
import io.caravan.audience.Verdict;
import io.caravan.flow.DropWatch;
import io.caravan.flow.RefusedFiles;
import io.caravan.flow.RefusedFiles.RefusedFile;
import io.caravan.flow.UploadJobs;
import io.caravan.flow.VerdictFile;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /audience/imports}: what came in by the drop folder, by upload and by the API, and what became of each row. */
@Controller
class ImportPages {

    private static final int PAGE = 50;
    private static final String ID = "/audience/imports/{id:\\d{1,18}}";

    private final ImportHistory history;
    private final Imports imports;
    private final Lists lists;
    private final UploadJobs uploads;
    private final RefusedFiles refused;
    private final DropWatch watch;
    private final VerdictFile verdicts;

    ImportPages(ImportHistory history, Imports imports, Lists lists, UploadJobs uploads, RefusedFiles refused,
            DropWatch watch,
            VerdictFile verdicts) {
        this.history = history;
        this.imports = imports;
        this.lists = lists;
        this.uploads = uploads;
        this.refused = refused;
        this.watch = watch;
        this.verdicts = verdicts;
    }

    /** An upload that waits for its columns. */
    public record Waiting(long id, String file, String size, Moment since) {
    }

    /** A dropped file that was refused as a whole, and that nobody has corrected or dismissed. */
    public record Refusal(String file, List<String> reasons, String lies, Moment at) {
        static Refusal of(RefusedFile file) {
            return new Refusal(file.file(), file.problems(), file.lies(), Moment.at(file.at()));
        }
    }

    @GetMapping("/audience/imports")
    String all(@RequestParam(required = false) @Nullable Long before, Model model) {
        rows(before, model);
        model.addAttribute("waiting", uploads.waiting().stream()
                .map(each -> new Waiting(each.id(), each.file(), Words.size(each.bytes()), Moment.at(each.createdAt())))
                .toList());
        model.addAttribute("refusals", refused.open().stream().map(Refusal::of).toList());
        model.addAttribute("stuck", watch.stuck());
        return "web/audience/imports";
    }

    /** The part that moves. */
    @GetMapping("/audience/imports/rows")
    String rows(@RequestParam(required = false) @Nullable Long before, Model model) {
        List<ImportLine> found = history.page(before == null ? Long.MAX_VALUE : before, PAGE + 1);
        List<ImportLine> page = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("imports", page.stream().map(ImportView::of).toList());
        model.addAttribute("first", before == null);
        model.addAttribute("before", before);
        model.addAttribute("older", found.size() > PAGE ? page.getLast().id() : null);
        return "web/audience/imports :: rows";
    }

    @GetMapping(ID)
    String one(@PathVariable long id, @RequestParam(defaultValue = "") String verdict,
            @RequestParam(defaultValue = "0") long after, Model model) {
        rows(id, verdict, after, model);
        return "web/audience/import";
    }

    /** The part that fills while rows come in. */
    @GetMapping(ID + "/rows")
    String rows(@PathVariable long id, @RequestParam(defaultValue = "") String verdict,
            @RequestParam(defaultValue = "0") long after, Model model) {
        ImportLine line = known(id);
        Verdict shown = shown(line, verdict);
        ImportHistory.Piece piece = history.rows(id, shown, after, PAGE);
        progress(line, model);
        model.addAttribute("asked", verdict);
        model.addAttribute("after", after);
        model.addAttribute("verdict", shown == null ? "all" : shown.word());
        model.addAttribute("rows", piece.rows().stream().map(RowLine::of).toList());
        model.addAttribute("next", piece.next());
        model.addAttribute("first", after == 0);
        return "web/audience/import :: rows";
    }

    /** A row of the file. */
    public record RowLine(long row, long line, String value, String verdict, String reason) {
        static RowLine of(RowVerdict row) {
            return new RowLine(row.row(), row.line(), row.written(), row.verdict().word(), row.reason());
        }
    }

    /** What was rejected comes first, if there is any. */
    private static @Nullable Verdict shown(ImportLine line, String verdict) {
        if (verdict.isEmpty()) {
            return line.counts().containsKey(Verdict.INVALID) ? Verdict.INVALID : null;
        }
        return List.of(Verdict.values()).stream().filter(each -> each.word().equals(verdict)).findFirst().orElse(null);
    }

    /** The part that moves. */
    @GetMapping(ID + "/progress")
    String progress(@PathVariable long id, Model model) {
        progress(known(id), model);
        return "web/audience/import :: progress";
    }

    private void progress(ImportLine line, Model model) {
        model.addAttribute("replaced", refused.replacedBy("import " + line.id()));
        model.addAttribute("import", ImportView.of(line));
        model.addAttribute("listKey", lists.line(line.list()).map(ListKey::of).orElse(""));
    }

    /** Exactly what stands beside a dropped file; for a running import the rows that are in. */
    @GetMapping(ID + "/verdict")
    void verdict(@PathVariable long id, HttpServletResponse response) throws IOException {
        String name = known(id).file() + ".verdict.csv";
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment().filename(name, StandardCharsets.UTF_8).build().toString());
        Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        verdicts.write(id, out);
        out.flush();
    }

    @PostMapping(ID + "/cancel")
    String cancel(@PathVariable long id, RedirectAttributes next) {
        ImportLine line = known(id);
        if (imports.cancel(id)) {
            next.addFlashAttribute("said",
                    "Cancelled. What is in stays in; nobody leaves the list " + line.list() + ".");
        } else {
            next.addFlashAttribute("refused",
                    "It is over already: " + known(id).state().word() + ". There is nothing to cancel.");
        }
        next.addAttribute("import", id);
        return "redirect:/audience/imports/{import}";
    }

    private ImportLine known(long id) {
        return history.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }
}
