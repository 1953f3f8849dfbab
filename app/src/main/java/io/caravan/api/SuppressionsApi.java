package io.caravan.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import jakarta.servlet.http.HttpServletResponse;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import io.caravan.api.Refused.Fault;
import io.caravan.api.SuppressionShown.SuppressionAdd;
import io.caravan.api.SuppressionShown.SuppressionEntry;
import io.caravan.flow.SuppressionFile;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.suppression.Expiry;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.SuppressionSearch;
import io.caravan.suppression.SuppressionSearch.Filter;
import io.caravan.suppression.SuppressionSearch.Place;
import io.caravan.suppression.Suppressions;

/** The suppression list: who must not be mailed, and why. */
@RestController
@RequestMapping("/api/v1/suppressions")
@Tag(name = "Suppressions", description = "Who must not be mailed, and why. What is added stops queued mail within two seconds.")
class SuppressionsApi {

    private static final String CSV = "text/csv";
    private static final String ID = "/{id:\\d{1,18}}";
    private static final int MOST = 1000;

    private final Suppressions suppressions;
    private final SuppressionSearch search;
    private final Clock clock;

    SuppressionsApi(Suppressions suppressions, SuppressionSearch search, Clock clock) {
        this.suppressions = suppressions;
        this.search = search;
        this.clock = clock;
    }

    @GetMapping
    @Operation(summary = "Entries, newest first; with an address by address", description = "address: whole, or its beginning. removed=true:"
            + " what was taken back, with its notes.")
    ResponseEntity<Slice<SuppressionEntry>> list(@RequestParam(defaultValue = "") String address,
            @RequestParam(defaultValue = "") String reason, @RequestParam(defaultValue = "") String scope,
            @RequestParam(defaultValue = "false") boolean removed,
            @RequestParam(defaultValue = Slice.USUAL) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Filter filter = new Filter(address, reason.isEmpty() ? null : Refused.about("reason", () -> Reason.of(reason)),
                scope.isEmpty() ? null : Refused.about("scope", () -> new Scope(scope)));
        Place after = place(cursor);
        return removed
                ? Slice.of(search.removed(filter, after, Slice.reading(limit)), limit,
                        entry -> key(SuppressionSearch.place(entry)), SuppressionEntry::of)
                : Slice.of(search.page(filter, after, Slice.reading(limit)), limit,
                        entry -> key(SuppressionSearch.place(entry)), SuppressionEntry::of);
    }

    private static @Nullable Place place(@Nullable String cursor) {
        List<String> parts = Cursor.parts(cursor, 3);
        try {
            return parts == null ? null : new Place(Long.parseLong(parts.getFirst()), parts.get(1), parts.get(2));
        } catch (NumberFormatException e) {
            throw Refused.field("cursor", "invalid",
                    "this cursor was not made by this list; take next from an answer, or leave it out");
        }
    }

    private static List<String> key(Place place) {
        return List.of(Long.toString(place.id()), place.address(), place.tail());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Adds up to 1,000 addresses, all or none", description = "One that is there already stays as it is, unless the new"
            + " one lasts longer.")
    SuppressionShown.Added add(@RequestBody SuppressionAdd asked) {
        Suppression.Imported done = suppressions.addAll(entries(asked));
        return new SuppressionShown.Added(done.added(), done.known());
    }

    private List<Suppression.New> entries(SuppressionAdd asked) {
        List<Fault> faults = new ArrayList<>();
        List<String> given = asked.all();
        if (given.isEmpty() || given.size() > MOST) {
            faults.add(new Fault("addresses", "out_of_range", given.isEmpty()
                    ? "name an address, or several in addresses"
                    : "there are " + given.size() + " addresses: send at most " + MOST + ", or import them as a file"));
        }
        Scope scope = Scope.GLOBAL;
        Reason reason = Reason.MANUAL;
        Instant end = null;
        try {
            scope = asked.scope() == null ? scope : new Scope(asked.scope());
        } catch (InvalidInput e) {
            faults.add(new Fault("scope", "invalid", String.valueOf(e.getMessage())));
        }
        try {
            reason = asked.reason() == null ? reason : Reason.of(asked.reason());
        } catch (InvalidInput e) {
            faults.add(new Fault("reason", "invalid", String.valueOf(e.getMessage())));
        }
        try {
            end = asked.expires() == null ? null : Expiry.parse(asked.expires(), clock.instant());
        } catch (InvalidInput e) {
            faults.add(new Fault("expires", "invalid", String.valueOf(e.getMessage())));
        }
        List<Suppression.New> entries = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST, given.size()); i++) {
            try {
                entries.add(new Suppression.New(EmailAddress.parse(given.get(i).strip()).canonical(), scope, reason,
                        asked.evidence() == null ? "by the API" : asked.evidence(), null, end));
            } catch (InvalidInput e) {
                faults.add(new Fault("addresses[" + i + "]", "invalid", String.valueOf(e.getMessage())));
            }
        }
        if (!faults.isEmpty()) {
            throw new Refused(HttpStatus.UNPROCESSABLE_CONTENT, faults);
        }
        return entries;
    }

    @GetMapping(ID)
    @Operation(summary = "An entry, in force or taken back")
    SuppressionEntry one(@PathVariable long id) {
        return suppressions.find(id).map(SuppressionEntry::of).or(() -> search.removed(id).map(SuppressionEntry::of))
                .orElseThrow(() -> Refused.unknown("suppression " + id));
    }

    @DeleteMapping(ID)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Takes an entry back", description = "It is kept among the removed, with the note: who asked for it, or why.")
    void remove(@PathVariable long id, @RequestParam(defaultValue = "") String note) {
        if (note.isBlank()) {
            throw Refused.field("note", "required", "say in note who asked for it, or why; it is kept");
        }
        if (!suppressions.remove(id, note.strip())) {
            throw Refused.unknown("suppression " + id + " in force");
        }
    }

    @PostMapping(path = "/import", consumes = {CSV, "text/plain"})
    @Operation(summary = "Adds the lines of a list", description = "One address a line, or a CSV with a column email, and scope, reason,"
            + " evidence, expires_at where it has them. Lines that cannot be taken are named; the others are taken.")
    SuppressionFile.Taken take(
            @io.swagger.v3.oas.annotations.parameters.RequestBody(required = true) InputStream body,
            @RequestParam(defaultValue = "global") String scope,
            @RequestParam(defaultValue = "imported by the API") String evidence,
            @RequestParam(defaultValue = "") String expires) throws IOException {
        Instant now = clock.instant();
        Scope where = Refused.about("scope", () -> new Scope(scope));
        Instant end = Refused.about("expires", () -> Optional.ofNullable(Expiry.parse(expires, now))).orElse(null);
        try (InputStreamReader text = new InputStreamReader(body, StandardCharsets.UTF_8)) {
            return SuppressionFile.take(suppressions, text,
                    new SuppressionFile.Otherwise(where, Reason.IMPORT, evidence, end), now);
        }
    }

    @GetMapping(path = "/export", produces = CSV)
    @Operation(summary = "The whole list as CSV, oldest first, exact")
    void export(@Parameter(hidden = true) HttpServletResponse response) throws IOException {
        response.setContentType(CSV + ";charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"suppressions.csv\"");
        PrintWriter out = response.getWriter();
        out.print(SuppressionFile.HEADER + "\n");
        suppressions.export(entry -> out.print(SuppressionFile.line(entry) + "\n"));
        out.flush();
    }
}
