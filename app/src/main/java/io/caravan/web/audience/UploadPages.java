package io.caravan.web.audience;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.audience.Import;
import io.caravan.audience.ListLine;
import io.caravan.audience.Lists;
import io.caravan.audience.Upload;
import io.caravan.flow.UploadJobs;
import io.caravan.intake.CsvLimits;
import io.caravan.intake.CsvSample;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.Fault;
import io.caravan.mail.InvalidInput;
import io.caravan.web.Words;

/** {@code /audience/upload}: a file, then what its columns are and where it goes. The import runs in the background. */
@Controller
class UploadPages {

    private static final int LISTS = 100;
    private static final String ID = "/audience/upload/{id:\\d{1,18}}";

    private final UploadJobs uploads;
    private final Lists lists;
    private final CsvLimits limits;

    UploadPages(UploadJobs uploads, Lists lists, CsvLimits limits) {
        this.uploads = uploads;
        this.lists = lists;
        this.limits = limits;
    }

    /** A column to be named. */
    public record Column(int number, String header, String name, List<String> sample) {
    }

    @GetMapping("/audience/upload")
    String choose(Model model) {
        model.addAttribute("most", Words.size(limits.unpacked()));
        return "web/audience/upload";
    }

    @PostMapping("/audience/upload")
    String keep(@RequestParam MultipartFile file, RedirectAttributes next) throws IOException {
        try {
            String name = file.getOriginalFilename();
            Upload kept = uploads.keep(shown(name == null ? "" : name), file.getInputStream());
            next.addAttribute("upload", kept.id());
            return "redirect:/audience/upload/{upload}";
        } catch (Fault e) {
            next.addFlashAttribute("refused", e.getMessage());
            return "redirect:/audience/upload";
        }
    }

    /** The last part of what some browsers send, without what would not show. */
    private static String shown(String name) {
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replaceAll("\\p{Cntrl}", "")
                .strip();
    }

    @GetMapping(ID)
    String map(@PathVariable long id, Model model, RedirectAttributes next) {
        UploadJobs.Proposal proposal;
        try {
            proposal = uploads.look(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        } catch (InvalidInput e) {
            uploads.discard(id);
            Said.refused(next, e);
            return "redirect:/audience/upload";
        }
        if (proposal.upload().importId() != null) {
            next.addAttribute("import", proposal.upload().importId());
            return "redirect:/audience/imports/{import}";
        }
        show(model, proposal);
        return "web/audience/mapping";
    }

    private void show(Model model, UploadJobs.Proposal proposal) {
        CsvSample sample = proposal.sample();
        if (!model.containsAttribute("names")) {
            model.addAttribute("names", proposal.names());
            model.addAttribute("header", sample.hasHeader());
            model.addAttribute("list", suggested(proposal.upload().file()));
            model.addAttribute("mode", "add");
        }
        Object names = model.getAttribute("names");
        model.addAttribute("columns", columns(sample, names instanceof List<?> all ? all : List.of()));
        model.addAttribute("file", proposal.upload().file());
        model.addAttribute("id", proposal.upload().id());
        model.addAttribute("size", Words.size(proposal.upload().bytes()));
        model.addAttribute("encoding", sample.encoding());
        model.addAttribute("delimiter", delimiter(sample.delimiter()));
        model.addAttribute("remembered", proposal.remembered());
        model.addAttribute("lists", lists.page("", LISTS).stream().map(ListLine::name).toList());
    }

    private static List<Column> columns(CsvSample sample, List<?> names) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < sample.first().size(); i++) {
            List<String> cells = new ArrayList<>();
            if (!sample.hasHeader()) {
                cells.add(sample.first().get(i));
            }
            for (List<String> row : sample.rows()) {
                cells.add(i < row.size() ? row.get(i) : "");
            }
            columns.add(new Column(i + 1, sample.hasHeader() ? sample.first().get(i) : "",
                    i < names.size() ? String.valueOf(names.get(i)) : "",
                    cells.subList(0, Math.min(4, cells.size()))));
        }
        return columns;
    }

    private static String suggested(String file) {
        return file.replaceFirst("(?i)\\.(csv|tsv|txt)(\\.gz)?$", "");
    }

    private static String delimiter(char c) {
        return switch (c) {
            case ',' -> "comma";
            case ';' -> "semicolon";
            case '\t' -> "tab";
            default -> "“" + c + "”";
        };
    }

    @PostMapping(ID)
    String start(@PathVariable long id, @RequestParam MultiValueMap<String, String> form,
            @RequestParam(defaultValue = "false") boolean header, @RequestParam String list,
            @RequestParam(defaultValue = "add") String mode, RedirectAttributes next) {
        List<String> names = form.getOrDefault("column", List.of()); // as they are: a list parameter would be cut at commas
        try {
            Mode how = mode.equals("replace") ? Mode.REPLACE : Mode.ADD;
            Import queued = uploads.start(id, list, how, names.stream().map(String::strip).toList(), header, "upload");
            next.addFlashAttribute("said", "The import is under way. You may leave this page.");
            next.addAttribute("import", queued.id());
            return "redirect:/audience/imports/{import}";
        } catch (InvalidInput e) {
            Said.refused(next, e);
            next.addFlashAttribute("names", names);
            next.addFlashAttribute("header", header);
            next.addFlashAttribute("list", list);
            next.addFlashAttribute("mode", mode.toLowerCase(Locale.ROOT));
            next.addAttribute("upload", id);
            return "redirect:/audience/upload/{upload}";
        }
    }

    @PostMapping(ID + "/discard")
    String discard(@PathVariable long id, RedirectAttributes next) {
        uploads.discard(id);
        next.addFlashAttribute("said", "The upload is thrown away; nothing of it was taken.");
        return "redirect:/audience/imports";
    }
}
