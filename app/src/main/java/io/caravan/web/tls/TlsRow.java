package io.caravan.web.tls;

import java.util.List;
import java.util.Map;

import io.caravan.flow.TlsReports;
import io.caravan.pacing.TlsDays.Day;
import io.caravan.pacing.TlsDays.Report;
import io.caravan.pacing.TlsResults.Count;
import io.caravan.web.Words;

/** A domain's day in words. {@code look} is the class of the state's dot. */
public record TlsRow(String domain, String ok, String failed, String look, String state, String report, String said) {

    static TlsRow of(Day day, TlsReports reports) {
        boolean well = day.failed() == 0;
        return new TlsRow(day.domain(), Words.number(day.ok()), Words.number(day.failed()),
                well ? "is-running" : "is-failed", well ? "well" : "failures", report(day, reports), day.said());
    }

    private static String report(Day day, TlsReports reports) {
        return switch (day.report()) {
            case SENT -> "sent";
            case NONE -> "nobody asks for it";
            case FAILED -> "could not be sent";
            case DUE -> due(day, reports);
        };
    }

    private static String due(Day day, TlsReports reports) {
        if (!reports.areSent()) {
            return "none: reports are off";
        }
        return !reports.isOver(day.day())
                ? "when the day is over"
                : day.report() == Report.DUE && day.tries() > 0 ? "is tried again" : "soon, if it is asked for";
    }

    /** Sessions with one host that went alike; {@code advice} is empty where nothing is to be done. */
    public record Line(String policy, String host, String way, String result, String sessions, boolean well,
            String advice) {
        static Line of(Count count) {
            boolean well = count.key().isSuccess();
            return new Line(POLICIES.getOrDefault(count.key().policy(), count.key().policy()),
                    count.key().host().isEmpty() ? "(the policy itself)" : count.key().host(), between(count),
                    count.key().result(),
                    Words.number(count.sessions()), well,
                    well ? "" : ADVICE.getOrDefault(count.key().result(), "Tell the domain's postmaster."));
        }
    }

    private static String between(Count count) {
        return count.key().to().isEmpty() ? "" : count.key().to() + ", from " + count.key().from();
    }

    /** A policy as it was applied. */
    public record Applied(String kind, List<String> lines) {
        static List<Applied> of(Map<String, List<String>> policies) {
            return policies.entrySet().stream()
                    .map(one -> new Applied(POLICIES.getOrDefault(one.getKey(), one.getKey()), one.getValue()))
                    .toList();
        }
    }

    private static final Map<String, String> POLICIES = Map.of("tlsa", "DANE", "sts", "MTA-STS", "no-policy-found",
            "none published");

    private static final Map<String, String> ADVICE = Map.ofEntries(
            Map.entry("starttls-not-supported",
                    "The host offered no STARTTLS. Theirs to mend; if all hosts do so, look whether something between us takes it away."),
            Map.entry("certificate-host-mismatch",
                    "The certificate is for other names. Theirs: a certificate for this host's name, or this name in their policy."),
            Map.entry("certificate-expired",
                    "Theirs to renew; check this machine's clock if many hosts are said to be so."),
            Map.entry("certificate-not-trusted",
                    "Nobody known here vouches for it. If it is a partner's own authority, add it with caravan.tls.roots."),
            Map.entry("validation-failure",
                    "The handshake or the check of the TLSA record failed. Theirs: a certificate was changed and its record was not, most of all."),
            Map.entry("tlsa-invalid", "Their TLSA records cannot be used (RFC 7672). Mail goes as if there were none."),
            Map.entry("dnssec-invalid",
                    "The resolver could not validate their zone. Theirs, or our resolver's: see caravan.dns.servers."),
            Map.entry("sts-policy-fetch-error",
                    "https://mta-sts.DOMAIN gave no policy. Theirs; a policy that was kept still counts."),
            Map.entry("sts-policy-invalid", "Their policy does not follow RFC 8461. Theirs to mend."),
            Map.entry("sts-webpki-invalid",
                    "The certificate of https://mta-sts.DOMAIN does not count. Theirs to mend."));
}
