package io.caravan.flow;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.mail.EmailAddress;
import io.caravan.pacing.TlsResults.Count;
import io.caravan.pacing.TlsResults.Key;

import static org.assertj.core.api.Assertions.assertThat;

/** Reports in the shape of RFC 8460 section 4.4 and its appendix B. */
class TlsReportTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final LocalDate DAY = LocalDate.of(2016, 4, 1);
    private static final TlsReporting BY = new TlsReporting(true, EmailAddress.parse("sts-reporting@company-x.example"),
            "Company-X", Duration.ofMinutes(1));

    private static TlsReport report(List<String> policy, Count... counts) {
        return new TlsReport(BY, DAY, "company-y.example", List.of(counts),
                policy.isEmpty() ? Map.of() : Map.of("sts", policy));
    }

    private static Count count(String policy, String host, String result, long sessions) {
        return new Count(new Key(DAY, "company-y.example", policy, host, result), sessions);
    }

    @Test
    void saysOfADayWhatTheExampleOfTheStandardSays() {
        TlsReport report = report(
                TlsReport
                        .lines("version: STSv1\r\nmode:testing\r\nmx: *.mail.company-y.example\r\nmax_age : 86400\r\n"),
                count("sts", "mx1.mail.company-y.example", "success", 5326),
                count("sts", "mx1.mail.company-y.example", "certificate-expired", 100),
                count("sts", "mx2.mail.company-y.example", "starttls-not-supported", 200),
                count("sts", "", "sts-policy-fetch-error", 3));

        assertThat(JSON.readTree(report.json())).isEqualTo(JSON.readTree("""
                {"organization-name": "Company-X",
                 "date-range": {"start-datetime": "2016-04-01T00:00:00Z", "end-datetime": "2016-04-01T23:59:59Z"},
                 "contact-info": "sts-reporting@company-x.example",
                 "report-id": "%s",
                 "policies": [{
                   "policy": {"policy-type": "sts",
                     "policy-string": ["version: STSv1", "mode: testing", "mx: *.mail.company-y.example", "max_age: 86400"],
                     "policy-domain": "company-y.example", "mx-host": ["*.mail.company-y.example"]},
                   "summary": {"total-successful-session-count": 5326, "total-failure-session-count": 303},
                   "failure-details": [
                     {"result-type": "certificate-expired", "receiving-mx-hostname": "mx1.mail.company-y.example", "failed-session-count": 100},
                     {"result-type": "starttls-not-supported", "receiving-mx-hostname": "mx2.mail.company-y.example", "failed-session-count": 200},
                     {"result-type": "sts-policy-fetch-error", "failed-session-count": 3}]}]}
                """.formatted(report.id())));
    }

    @Test
    void hasAnEntryForEachKindOfPolicyAndNoPolicyTextWhereThereIsNone() {
        TlsReport report = report(List.of("mx: mx.company-y.example"), count("no-policy-found", "mx", "success", 2),
                count("tlsa", "mx", "validation-failure", 1), count("tlsa", "mx", "success", 4));

        assertThat(JSON.readTree(report.json()).get("policies")).isEqualTo(JSON.readTree("""
                [{"policy": {"policy-type": "no-policy-found", "policy-domain": "company-y.example"},
                  "summary": {"total-successful-session-count": 2, "total-failure-session-count": 0}},
                 {"policy": {"policy-type": "tlsa", "policy-domain": "company-y.example"},
                  "summary": {"total-successful-session-count": 4, "total-failure-session-count": 1},
                  "failure-details": [{"result-type": "validation-failure", "receiving-mx-hostname": "mx", "failed-session-count": 1}]}]
                """));
    }

    /** RFC 8460 section 4.4: which fields there are, which must be there, and what stands in them. */
    @Test
    void hasNoFieldThatTheStandardDoesNotKnowAndEachInItsForm() {
        TlsReport report = new TlsReport(BY, DAY, "company-y.example", List.of(
                count("sts", "mx1.company-y.example", "success", 5326),
                new Count(new Key(DAY, "company-y.example", "sts", "mx1.company-y.example", "certificate-expired",
                        "2001:db8:abcd:12::1", "203.0.113.56"), 100),
                count("sts", "", "sts-policy-fetch-error", 3),
                new Count(new Key(DAY, "company-y.example", "tlsa", "mx1.company-y.example", "validation-failure",
                        "198.51.100.62", "203.0.113.58"), 2)),
                Map.of("sts", List.of("version: STSv1", "mode: enforce", "mx: mx1.company-y.example", "max_age: 86400"),
                        "tlsa", List.of("3 1 1 1f850a337e6db9c609c522d136a475638cc43e1ed424f8eec8513d747d1d085d")));

        JsonNode json = JSON.readTree(report.json());

        assertThat(json.propertyNames()).containsExactlyInAnyOrder("organization-name", "date-range", "contact-info",
                "report-id", "policies");
        assertThat(Instant.parse(json.at("/date-range/start-datetime").asString()))
                .isBefore(Instant.parse(json.at("/date-range/end-datetime").asString()));
        assertThat(json.get("policies")).hasSize(2);
        for (JsonNode one : json.get("policies")) {
            assertThat(one.propertyNames()).containsExactlyInAnyOrder("policy", "summary", "failure-details");
            JsonNode policy = one.get("policy");
            assertThat(Set.of("policy-type", "policy-string", "policy-domain", "mx-host"))
                    .containsAll(policy.propertyNames());
            assertThat(policy.get("policy-type").asString()).isIn("tlsa", "sts", "no-policy-found");
            assertThat(policy.get("policy-string")).isNotEmpty().allMatch(JsonNode::isString);
            assertThat(policy.get("policy-domain").asString()).isEqualTo("company-y.example");
            assertThat(policy.has("mx-host")).isEqualTo(policy.get("policy-type").asString().equals("sts"));
            assertThat(one.get("summary").propertyNames()).containsExactlyInAnyOrder(
                    "total-successful-session-count", "total-failure-session-count");
            long failed = 0;
            for (JsonNode failure : one.get("failure-details")) {
                assertThat(Set.of("result-type", "sending-mta-ip", "receiving-mx-hostname", "receiving-mx-helo",
                        "receiving-ip", "failed-session-count", "additional-information", "failure-reason-code"))
                        .containsAll(failure.propertyNames());
                assertThat(failure.get("result-type").asString()).isIn("starttls-not-supported",
                        "certificate-host-mismatch", "certificate-expired", "certificate-not-trusted",
                        "validation-failure", "tlsa-invalid", "dnssec-invalid", "dane-required",
                        "sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid");
                for (String ip : List.of("sending-mta-ip", "receiving-ip")) {
                    assertThat(failure.has(ip)).isEqualTo(failure.has("receiving-mx-hostname"));
                    assertThat(failure.has(ip) ? failure.get(ip).asString() : "::").matches("[0-9a-f.:]+")
                            .satisfies(InetAddress::ofLiteral);
                }
                failed += failure.get("failed-session-count").asLong();
            }
            assertThat(one.at("/summary/total-failure-session-count").asLong()).isEqualTo(failed).isPositive();
        }
    }

    @Test
    void isTheSameWhenItIsMadeAgainAndNamedAsTheStandardSays() {
        TlsReport report = report(List.of(), count("sts", "mx", "success", 1));

        assertThat(report(List.of(), count("sts", "mx", "success", 1)).gzip()).isEqualTo(report.gzip());
        assertThat(report.id()).matches("[0-9a-f-]{36}@company-x\\.example");
        assertThat(report.fileName()).isEqualTo("company-x.example!company-y.example!1459468800!1459555199");
    }
}
