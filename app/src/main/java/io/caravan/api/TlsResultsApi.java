package io.caravan.api;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.flow.TlsReports;
import io.caravan.flow.TlsReports.Full;
import io.caravan.pacing.TlsDays.Day;
import io.caravan.pacing.TlsResults.Count;

/** How TLS went with recipients' domains. */
@RestController
@RequestMapping("/api/v1/tls-results")
@Tag(name = "TLS results")
class TlsResultsApi {

    private static final String ONE = "/{day}/{domain}";

    private final TlsReports reports;

    TlsResultsApi(TlsReports reports) {
        this.reports = reports;
    }

    /**
     * A domain's day.
     *
     * @param day    in UTC
     * @param report due, sent, none (the domain publishes no address for it) or failed
     * @param said   what came of the last try to send it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "TlsDay")
    record Shown(LocalDate day, String domain, long succeeded, long failed, String report, int tries, String said) {
        static Shown of(Day day) {
            return new Shown(day.day(), day.domain(), day.ok(), day.failed(), day.report().word(), day.tries(),
                    day.said());
        }
    }

    /**
     * @param policy tlsa, sts or no-policy-found
     * @param host   the mail exchanger; "": it was not about one
     * @param result success, or a result-type of RFC 8460 section 4.3
     * @param sendingIp our address, of failures; "": there was no connection
     * @param receivingIp the host's
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "TlsResult")
    record Result(String policy, String host, String result, String sendingIp, String receivingIp, long sessions) {
        static Result of(Count count) {
            return new Result(count.key().policy(), count.key().host(), count.key().result(), count.key().from(),
                    count.key().to(), count.sessions());
        }
    }

    /** @param policies by kind, sts or tlsa: the lines of what was applied that day */
    @Schema(name = "TlsDayInFull")
    record InFull(Shown day, List<Result> results, Map<String, List<String>> policies) {
    }

    @GetMapping
    @Operation(summary = "The domains of a day, by name", description = "Days are UTC. Without one: the newest that something was counted on."
            + " Sessions with relays are not counted: whoever speaks with the recipients' hosts reports.", operationId = "listTlsResults")
    ResponseEntity<Slice<Shown>> list(@RequestParam(required = false) @Nullable LocalDate day,
            @Schema(description = "only domains with failures") @RequestParam(defaultValue = "false") boolean failed,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        List<String> after = Cursor.parts(cursor, 2);
        int reading = Slice.reading(limit);
        LocalDate of = day != null ? day : reports.days().stream().findFirst().orElse(LocalDate.EPOCH);
        if (after != null) { // a new day may have begun since
            of = day(after.getFirst());
        }
        List<Day> read = reports.page(of, after == null ? "" : after.getLast(), failed, reading);
        return Slice.of(read, limit, line -> List.of(line.day().toString(), line.domain()), Shown::of);
    }

    @GetMapping(ONE)
    @Operation(summary = "One domain's day, by policy, host and result", operationId = "getTlsResult")
    InFull one(@PathVariable String day, @PathVariable String domain) {
        Full full = reports.of(day(day), domain)
                .orElseThrow(() -> Refused.unknown("TLS result of " + domain + " on " + day));
        return new InFull(Shown.of(full.day()), full.counts().stream().map(Result::of).toList(), full.policies());
    }

    @GetMapping(path = ONE + "/report", produces = "application/tlsrpt+json")
    @Operation(summary = "The same as a report after RFC 8460", description = "Whether it is sent to anybody or not.", operationId = "getTlsReport")
    ResponseEntity<String> report(@PathVariable String day, @PathVariable String domain) {
        return reports.report(day(day), domain)
                .map(file -> ResponseEntity.ok()
                        .header(HttpHeaders.CONTENT_DISPOSITION,
                                ContentDisposition.attachment().filename(file.name()).build().toString())
                        .body(file.json()))
                .orElseThrow(() -> Refused.unknown("TLS result of " + domain + " on " + day));
    }

    private static LocalDate day(String written) {
        try {
            return LocalDate.parse(written);
        } catch (java.time.DateTimeException e) {
            throw Refused.field("day", "invalid", "'" + written + "' is no day; write 2026-11-25");
        }
    }
}
