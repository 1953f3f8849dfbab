package io.caravan.flow;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.caravan.flow.TlsReportDelivery.Outcome;
import io.caravan.pacing.TlsDays;
import io.caravan.pacing.TlsDays.Day;
import io.caravan.pacing.TlsDays.Report;
import io.caravan.pacing.TlsResults;
import io.caravan.transport.Dns;
import io.caravan.transport.TlsRptRecord;

/**
 * Sends the reports of the day before to the domains that ask for them, each at its own time in four hours (RFC 8460 section 5). Nodes share
 * the work by taking one report at a time; one that cannot be delivered is tried again for most of a day.
 */
@Component
class TlsReporter implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(TlsReporter.class);
    private static final int AT_ONCE = 500;
    private static final int MOST_TRIES = 5; // after 1, 2, 4 and 8 hours: within a day, as RFC 8460 section 5.5 asks

    private final TlsReporting reporting;
    private final TlsDays days;
    private final TlsResults results;
    private final TlsReports reports;
    private final TlsReportDelivery delivery;
    private final Dns dns;
    private final NodeLife node;
    private final InstantSource clock;
    private final Rounds rounds = new Rounds("tls-reports", this::round);

    TlsReporter(TlsReporting reporting, TlsDays days, TlsResults results, TlsReports reports,
            TlsReportDelivery delivery, Dns dns, NodeLife node, InstantSource clock) {
        this.reporting = reporting;
        this.days = days;
        this.results = results;
        this.reports = reports;
        this.delivery = delivery;
        this.dns = dns;
        this.node = node;
        this.clock = clock;
    }

    /** One look for what is due. Never throws: the next comes in a minute. */
    private void round() {
        try {
            Instant now = clock.instant();
            LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
            for (Day day : days.due(yesterday, now, AT_ONCE)) {
                if (!rounds.going() || !node.mayStart()) {
                    return;
                }
                if (days.take(day, now.plus(Duration.ofHours(1L << Math.min(day.tries(), MOST_TRIES))))) {
                    report(day);
                }
            }
        } catch (RuntimeException e) {
            log.warn("event=tls-reports-wait what={}", e.toString());
        }
    }

    private void report(Day day) {
        switch (dns.txt(TlsRptRecord.name(day.domain()))) {
            case Dns.Fault<String> fault -> unsettled(day, fault.toString());
            case Dns.None<String> _ -> days.settle(day, Report.NONE, "");
            case Dns.Records<String> found -> report(day, TlsRptRecord.of(found.list()));
        }
    }

    private void report(Day day, TlsRptRecord where) {
        if (where.isNowhere()) {
            days.settle(day, Report.NONE, "");
            return;
        }
        TlsReport report = reports.made(day.day(), day.domain(), results.of(day.day(), day.domain()));
        List<Outcome> outcomes = new ArrayList<>();
        for (String address : where.mailto()) {
            outcomes.add(named("mailto:" + address, delivery.mail(report, address)));
        }
        for (URI uri : where.https()) {
            outcomes.add(named(uri.toString(), delivery.post(report, uri)));
        }
        String said = outcomes.stream().map(Outcome::said).collect(Collectors.joining("; "));
        if (outcomes.stream().anyMatch(Outcome::taken)) {
            days.settle(day, Report.SENT, said);
            log.info("event=tls-report-sent domain={} day={} said=\"{}\"", day.domain(), day.day(), said);
        } else if (outcomes.stream().anyMatch(Outcome::again)) {
            unsettled(day, said);
        } else {
            days.settle(day, Report.FAILED, said);
        }
    }

    private static Outcome named(String place, Outcome outcome) {
        return new Outcome(outcome.taken(), outcome.again(), place + ": " + outcome.said());
    }

    private void unsettled(Day day, String said) {
        days.settle(day, day.tries() + 1 < MOST_TRIES ? Report.DUE : Report.FAILED, said);
    }

    @Override
    public void start() {
        if (reporting.enabled()) {
            rounds.begin(reporting.every(), reporting.every());
        }
    }

    @Override
    public void stop() {
        rounds.end(Duration.ZERO);
    }

    @Override
    public boolean isRunning() {
        return rounds.going();
    }

    /** After the node's life, so that it stops before it. */
    @Override
    public int getPhase() {
        return 1100;
    }
}
