package io.caravan.web.runs;

import org.springframework.stereotype.Component;

import io.caravan.flow.RunReport;
import io.caravan.flow.RunReports;
import io.caravan.mail.RunId;
import io.caravan.web.LiveTopic;

/** {@code run:ID}: its counts, its state, its rate and what holds it. */
@Component
class RunTopic implements LiveTopic {

    private final RunReports reports;

    RunTopic(RunReports reports) {
        this.reports = reports;
    }

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String stamp(String about) {
        return about.matches("\\d{1,18}")
                ? reports.of(new RunId(Long.parseLong(about))).map(RunTopic::stamp).orElse("")
                : "";
    }

    private static String stamp(RunReport report) {
        return report.run().state() + " " + report.run().reason() + report.counts() + Math.round(report.perSecond())
                + report.holds() + report.nextRetry();
    }
}
