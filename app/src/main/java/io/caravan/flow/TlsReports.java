package io.caravan.flow;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.springframework.stereotype.Component;

import io.caravan.pacing.StsPolicies;
import io.caravan.pacing.TlsDays;
import io.caravan.pacing.TlsDays.Day;
import io.caravan.pacing.TlsResults;
import io.caravan.pacing.TlsResults.Count;

/** How TLS went with recipients' domains, day by day, for people and programs, and as reports after RFC 8460. */
@Component
public class TlsReports {

    /**
     * One domain's day.
     *
     * @param policies the lines of what was applied, by kind: an MTA-STS policy (RFC 8461), TLSA records
     */
    public record Full(Day day, List<Count> counts, Map<String, List<String>> policies) {
    }

    /** @param name of the file, {@code SUBMITTER!DOMAIN!FROM!TO.json} */
    public record File(String name, String json) {
    }

    private final TlsDays days;
    private final TlsResults results;
    private final StsPolicies policies;
    private final TlsReporting reporting;
    private final InstantSource clock;

    TlsReports(TlsDays days, TlsResults results, StsPolicies policies, TlsReporting reporting, InstantSource clock) {
        this.days = days;
        this.results = results;
        this.policies = policies;
        this.reporting = reporting;
        this.clock = clock;
    }

    /** Days that something was counted on, the newest first. */
    public List<LocalDate> days() {
        return days.days();
    }

    /** A piece of a day, by domain; {@code troubled}: only those with failures. */
    public List<Day> page(LocalDate day, String after, boolean troubled, int limit) {
        return days.page(day, after, troubled, limit);
    }

    public Optional<Full> of(LocalDate day, String domain) {
        return days.find(day, domain).map(found -> new Full(found, results.of(day, domain), applied(day, domain)));
    }

    /** What its report says, whether it is sent to anybody or not. */
    public Optional<File> report(LocalDate day, String domain) {
        List<Count> counts = results.of(day, domain);
        return counts.isEmpty()
                ? Optional.empty()
                : Optional.of(made(day, domain, counts)).map(report -> new File(report.fileName() + ".json",
                        report.json()));
    }

    TlsReport made(LocalDate day, String domain, List<Count> counts) {
        return new TlsReport(reporting, day, domain, counts, applied(day, domain));
    }

    /** As it was that day; a policy that no host was reached with, as it is kept now. */
    private Map<String, List<String>> applied(LocalDate day, String domain) {
        Map<String, List<String>> kinds = new TreeMap<>(results.policies(day, domain));
        if (!kinds.containsKey("sts")) {
            policies.find(domain, clock.instant()).ifPresent(kept -> kinds.put("sts", TlsReport.lines(kept.text())));
        }
        return kinds;
    }

    /** Reports are sent to who asks for them. */
    public boolean areSent() {
        return reporting.enabled();
    }

    /** A report of this day can only be sent when it is over. */
    public boolean isOver(LocalDate day) {
        return day.isBefore(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    }
}
