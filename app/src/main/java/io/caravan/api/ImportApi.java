package io.caravan.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.api.Refused.Fault;
import io.caravan.audience.ImportHistory;
import io.caravan.audience.ImportLine;
import io.caravan.audience.Imports;
import io.caravan.audience.RowVerdict;
import io.caravan.audience.Upload;
import io.caravan.audience.Verdict;
import io.caravan.flow.UploadJobs;
import io.caravan.flow.VerdictFile;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.InvalidInput;

/** {@code /api/v1/imports}: CSV files in, with a verdict for every row. */
@RestController
@RequestMapping("/api/v1/imports")
@Tag(name = "audience")
class ImportApi {

    private static final String ID = "/{id:\\d{1,18}}";

    private final ImportHistory history;
    private final Imports imports;
    private final UploadJobs uploads;
    private final VerdictFile verdicts;

    ImportApi(ImportHistory history, Imports imports, UploadJobs uploads, VerdictFile verdicts) {
        this.history = history;
        this.imports = imports;
        this.uploads = uploads;
        this.verdicts = verdicts;
    }

    /**
     * An import.
     *
     * @param state  queued, running, finished, refused, cancelled
     * @param source drop, upload, api
     * @param rows   in the file; null: not known yet
     * @param taken  rows that have their verdict
     * @param counts rows by verdict
     * @param reason why it was refused or cancelled
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record ImportStatus(long id, String file, String list, String mode, String state, String source,
            @Nullable Long rows, long taken, Map<String, Long> counts, @Nullable String reason, Instant startedAt,
            @Nullable Instant finishedAt) {
        static ImportStatus of(ImportLine line) {
            Map<String, Long> counts = new LinkedHashMap<>();
            line.counts().forEach((verdict, rows) -> counts.put(verdict.word(), rows));
            return new ImportStatus(line.id(), line.file(), line.list(), line.mode().name().toLowerCase(Locale.ROOT),
                    line.state().word(), line.source(), line.size(), line.taken(), counts, line.reason(),
                    line.startedAt(), line.finishedAt());
        }
    }

    /** A row of the file. */
    public record ImportedRow(long row, long line, String address, String verdict, String reason) {
        static ImportedRow of(RowVerdict row) {
            return new ImportedRow(row.row(), row.line(), row.written(), row.verdict().word(), row.reason());
        }
    }

    @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @Operation(summary = "Imports a CSV, as the part file", description = "columns: attribute names in the order of the columns, with commas, email for the address, an empty one ignores its"
            + " column; left out: as the header says. header=false: the first row is a person. mode: add or replace.")
    ResponseEntity<ImportStatus> form(@RequestParam MultipartFile file, @RequestParam String list,
            @RequestParam(defaultValue = "add") String mode, @RequestParam(required = false) @Nullable String columns,
            @RequestParam(defaultValue = "true") boolean header) throws IOException {
        String name = file.getOriginalFilename();
        return begin(name == null ? "" : name, file.getInputStream(), list, mode, columns, header);
    }

    @PostMapping(consumes = {"text/csv", "text/tab-separated-values", "application/gzip"})
    @Operation(summary = "Imports a CSV, as the body")
    ResponseEntity<ImportStatus> body(HttpServletRequest request, @RequestParam String list,
            @RequestParam(defaultValue = "add") String mode, @RequestParam(required = false) @Nullable String columns,
            @RequestParam(defaultValue = "true") boolean header, @RequestParam(defaultValue = "") String file)
            throws IOException {
        return begin(file.isBlank() ? list + ".csv" : file, request.getInputStream(), list, mode, columns, header);
    }

    private ResponseEntity<ImportStatus> begin(String file, InputStream content, String list, String mode,
            @Nullable String columns, boolean header) {
        List<String> names = columns == null || columns.isBlank() ? List.of() : names(columns);
        List<Fault> faults = faults(mode, list, names, header);
        HttpStatus status = faults.isEmpty() ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.BAD_REQUEST;
        uploads.problems(list, names).stream().map(problem -> Refused.fault("", problem))
                .filter(fault -> !list.isBlank() || !"list".equals(fault.field())).forEach(faults::add);
        Upload upload = kept(file, content, faults);
        if (!faults.isEmpty() || upload == null) {
            if (upload != null) {
                uploads.discard(upload.id());
            }
            throw new Refused(status, faults);
        }
        try {
            Mode how = Mode.valueOf(mode.toUpperCase(Locale.ROOT));
            long id = uploads.start(upload.id(), list, how, names, header, "api").id();
            return ResponseEntity.status(HttpStatus.ACCEPTED).location(URI.create("/api/v1/imports/" + id))
                    .body(ImportStatus.of(known(id)));
        } catch (RuntimeException e) {
            throw discarded(upload, e);
        }
    }

    /** What comes again brings its file again: nothing stays of what was refused or failed, unless an import has it already. */
    private RuntimeException discarded(Upload upload, RuntimeException why) {
        try {
            uploads.discard(upload.id());
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
        return why;
    }

    /** The file, looked at if it is in doubt anyway: all that is wrong with it is told with the rest. Null: it cannot be kept. */
    private @Nullable Upload kept(String file, InputStream content, List<Fault> faults) {
        try {
            Upload upload = uploads.keep(file.replaceAll("\\p{Cntrl}", ""), content);
            if (!faults.isEmpty()) {
                try {
                    look(upload, faults);
                } catch (RuntimeException e) {
                    throw discarded(upload, e);
                }
            }
            return upload;
        } catch (InvalidInput e) {
            e.found().forEach(problem -> faults.add(Refused.fault("file", problem)));
            return null;
        }
    }

    private void look(Upload upload, List<Fault> faults) {
        try {
            uploads.look(upload.id());
        } catch (InvalidInput e) {
            e.found().forEach(problem -> faults.add(Refused.fault("file", problem)));
        }
    }

    private static List<String> names(String columns) {
        List<String> names = new ArrayList<>();
        for (String name : columns.split(",", -1)) {
            names.add(name.strip());
        }
        return names;
    }

    /** What is wrong with the question itself, whatever the file. */
    private static List<Fault> faults(String mode, String list, List<String> names, boolean header) {
        List<Fault> faults = new ArrayList<>();
        if (!List.of("add", "replace").contains(mode)) {
            faults.add(new Fault("mode", "invalid", "mode is '" + mode + "'; say add or replace"));
        }
        if (list.isBlank()) {
            faults.add(new Fault("list", "missing", "list is empty; name the list that the people go into"));
        }
        if (!header && names.isEmpty()) {
            faults.add(
                    new Fault("columns", "missing", "a file without a header needs columns: name them, with commas"));
        }
        return faults;
    }

    @GetMapping
    @Operation(summary = "Imports, the newest first")
    ResponseEntity<Slice<ImportStatus>> all(@RequestParam(defaultValue = Slice.USUAL) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return Slice.of(history.page(Cursor.number(cursor, Long.MAX_VALUE), Slice.reading(limit)), limit,
                line -> List.of(Long.toString(line.id())), ImportStatus::of);
    }

    @GetMapping(ID)
    @Operation(summary = "One import: how far it is, rows by verdict")
    ImportStatus one(@PathVariable long id) {
        return ImportStatus.of(known(id));
    }

    @GetMapping(ID + "/rows")
    @Operation(summary = "Rows of the file in order, of one verdict or all", description = "A slice may be short and yet not the last: go on while next is there.")
    ResponseEntity<Slice<ImportedRow>> rows(@PathVariable long id,
            @RequestParam(required = false) @Nullable String verdict,
            @RequestParam(defaultValue = Slice.USUAL) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        known(id);
        Slice.reading(limit);
        ImportHistory.Piece piece = history.rows(id, verdict == null ? null : verdict(verdict),
                Cursor.number(cursor, 0),
                limit);
        return Pieces.of(piece.rows().stream().map(ImportedRow::of).toList(),
                piece.next() == null ? null : piece.next().toString());
    }

    private static Verdict verdict(String word) {
        for (Verdict verdict : Verdict.values()) {
            if (verdict.word().equals(word)) {
                return verdict;
            }
        }
        throw Refused.field("verdict", "invalid", "there is no verdict '" + word
                + "'; say accepted, updated, unchanged, duplicate, suppressed or invalid");
    }

    @GetMapping(path = ID + "/verdict", produces = "text/csv")
    @Operation(summary = "The verdict file, as the drop folder writes it")
    void verdict(@PathVariable long id, HttpServletResponse response) throws IOException {
        String file = known(id).file();
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, ContentDisposition.attachment()
                .filename(file + ".verdict.csv", StandardCharsets.UTF_8).build().toString());
        Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        verdicts.write(id, out);
        out.flush();
    }

    @PostMapping(ID + "/cancel")
    @Operation(summary = "Stops an import; what is in stays in, nobody leaves the list")
    ImportStatus cancel(@PathVariable long id) {
        ImportLine line = known(id);
        if (!imports.cancel(id)) {
            throw Refused.conflict("over", "import " + id + " is over already: " + line.state().word());
        }
        return ImportStatus.of(known(id));
    }

    private ImportLine known(long id) {
        return history.find(id).orElseThrow(() -> Refused.unknown("import " + id));
    }
}
