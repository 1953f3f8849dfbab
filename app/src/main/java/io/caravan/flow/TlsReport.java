package io.caravan.flow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.pacing.TlsResults.Count;

/**
 * A domain's day as a report of RFC 8460 section 4.4. Made again it is the same, its id as well, so that who gets it twice can tell.
 *
 * @param counts of that domain and day, at least one
 * @param policies the lines of what was applied, by kind of policy: an MTA-STS policy, TLSA records
 */
record TlsReport(TlsReporting by, LocalDate day, String domain, List<Count> counts,
        Map<String, List<String>> policies) {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String MX = "mx:";

    TlsReport {
        counts = List.copyOf(counts);
        policies = Map.copyOf(policies);
    }

    String id() {
        return UUID.nameUUIDFromBytes((by.submitter() + " " + domain + " " + day).getBytes(StandardCharsets.UTF_8))
                + "@" + by.submitter();
    }

    private Instant begin() {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private Instant end() {
        return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minusSeconds(1);
    }

    /** RFC 8460 section 5.1, without its ending. */
    String fileName() {
        return by.submitter() + "!" + domain + "!" + begin().getEpochSecond() + "!" + end().getEpochSecond();
    }

    String json() {
        Map<String, List<Count>> byPolicy = counts.stream()
                .collect(Collectors.groupingBy(count -> count.key().policy(), TreeMap::new, Collectors.toList()));
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("organization-name", by.named());
        report.put("date-range", ordered("start-datetime", begin().toString(), "end-datetime", end().toString()));
        report.put("contact-info", by.contact());
        report.put("report-id", id());
        report.put("policies", byPolicy.entrySet().stream().map(one -> policy(one.getKey(), one.getValue())).toList());
        return JSON.writeValueAsString(report);
    }

    byte[] gzip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(json().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    private Map<String, Object> policy(String kind, List<Count> of) {
        Map<String, Object> applied = ordered("policy-type", kind);
        List<String> lines = policies.getOrDefault(kind, List.of());
        if (!lines.isEmpty()) {
            applied.put("policy-string", lines);
        }
        applied.put("policy-domain", domain);
        List<String> hosts = lines.stream().filter(line -> line.startsWith(MX))
                .map(line -> line.substring(MX.length()).strip()).toList();
        if (kind.equals("sts") && !hosts.isEmpty()) {
            applied.put("mx-host", hosts);
        }
        Map<String, Object> all = ordered("policy", applied);
        all.put("summary", ordered("total-successful-session-count", sum(of, true), "total-failure-session-count",
                sum(of, false)));
        List<Map<String, Object>> failures = of.stream().filter(count -> !count.key().isSuccess())
                .map(TlsReport::failure).toList();
        if (!failures.isEmpty()) {
            all.put("failure-details", failures);
        }
        return all;
    }

    private static long sum(List<Count> counts, boolean success) {
        return counts.stream().filter(count -> count.key().isSuccess() == success).mapToLong(Count::sessions).sum();
    }

    private static Map<String, Object> failure(Count count) {
        Map<String, Object> failure = ordered("result-type", count.key().result());
        putIfTold(failure, "sending-mta-ip", count.key().from());
        putIfTold(failure, "receiving-mx-hostname", count.key().host());
        putIfTold(failure, "receiving-ip", count.key().to());
        failure.put("failed-session-count", count.sessions());
        return failure;
    }

    private static void putIfTold(Map<String, Object> failure, String field, String value) {
        if (!value.isEmpty()) {
            failure.put(field, value);
        }
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return map;
    }

    /** A policy as it was served, line by line, as reports have it: {@code mode: enforce}. */
    static List<String> lines(String policy) {
        Function<String, String> tidy = line -> line.strip().replaceFirst("[ \\t]*:[ \\t]*", ": ");
        List<String> lines = new ArrayList<>();
        policy.lines().map(tidy).filter(line -> !line.isEmpty()).forEach(lines::add);
        return lines;
    }
}
