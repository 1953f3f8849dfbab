package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;

/** What a scrape says equals the ledger, grows with neither people nor domains, names nobody, and is what the dashboard asks for. */
class MetricsIT {

    private static final Path DASHBOARD = Path.of("examples/grafana/caravan-dashboard.json");

    @TempDir
    private static Path data;
    private static Server server;
    private static Programs program;

    @BeforeAll
    static void start() {
        server = Server.on(data).start();
        program = Programs.of(server);
        StringBuilder csv = new StringBuilder("email,first_name\n");
        for (int domain = 1; domain <= 25; domain++) {
            for (int person = 1; person <= 50 + domain; person++) {
                csv.append("p%d@d%02d.example,P\n".formatted(person, domain));
            }
        }
        csv.append("lonely@tail.example,P\nnot an address,X\n");
        server.campaign("many", csv.toString());
        server.awaitRun("many", RunState.FINISHED);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void outcomesEqualTheLedgerAndOnlyTheLargestProvidersHaveANameOfTheirOwn() throws Exception {
        Map<String, Double> deliveries = samples("caravan_deliveries_total");

        assertThat(deliveries.values().stream().mapToDouble(Double::doubleValue).sum())
                .isEqualTo(server.counts("many").values().stream().mapToLong(Long::longValue).sum());
        assertThat(deliveries.keySet()).allMatch(labels -> labels.contains("outcome=\"accepted\""));
        Set<String> providers = deliveries.keySet().stream().map(labels -> label(labels, "provider"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(providers).hasSizeLessThanOrEqualTo(21).contains("other", "d25.example")
                .doesNotContain("tail.example", "*");
        assertThat(deliveries.get("{outcome=\"accepted\",provider=\"d25.example\"}")).isEqualTo(75);
    }

    @Test
    void theQueueTheDoubtAndTheImportsAreThere() throws Exception {
        assertThat(samples("caravan_queue_messages").keySet().stream().map(labels -> label(labels, "state")))
                .contains("pending", "deferred", "sending");
        assertThat(samples("caravan_queue_messages").values()).allMatch(n -> n == 0);
        assertThat(samples("caravan_queue_oldest_seconds")).containsValue(0.0);
        assertThat(samples("caravan_in_doubt")).containsValue(0.0);
        assertThat(samples("caravan_claims_held")).containsValue(0.0);
        assertThat(samples("caravan_connections_open")).containsValue(0.0);
        assertThat(samples("caravan_import_rows").get("{verdict=\"invalid\"}")).isEqualTo(1);

        server.campaign("waiting", Server.people(60, "waiting.example"), "rate: 1/min");
        server.awaitRun("waiting", RunState.RUNNING);

        org.awaitility.Awaitility.await().untilAsserted(() -> {
            double waits = samples("caravan_queue_messages").values().stream().mapToDouble(Double::doubleValue).sum();
            assertThat(waits).isGreaterThan(50).isLessThanOrEqualTo(60);
            assertThat(samples("caravan_queue_oldest_seconds").values()).allMatch(age -> age > 0);
        });
        server.act("waiting", io.caravan.campaign.Action.CANCEL);
    }

    @Test
    void noAddressIsInIt() throws Exception {
        assertThat(scrape()).doesNotContain("@").doesNotContain("lonely");
    }

    @Test
    void theDashboardAsksOnlyForWhatIsThere() throws Exception {
        program.get("/api/v1/campaigns");
        Set<String> names = scrape().lines().filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]")[0]).collect(Collectors.toCollection(TreeSet::new));

        Set<String> asked = new TreeSet<>();
        JsonNode dashboard = Programs.JSON.readTree(Files.readString(DASHBOARD));
        dashboard.get("panels").forEach(panel -> panel.get("targets").forEach(target -> {
            Matcher name = Pattern.compile("\\b(?:caravan|http|jvm|process|hikaricp)_[a-z_]+")
                    .matcher(target.get("expr").asString());
            while (name.find()) {
                asked.add(name.group());
            }
        }));
        assertThat(asked).hasSizeGreaterThan(10).isSubsetOf(names);
    }

    private static String scrape() throws IOException, InterruptedException {
        return program.get("/actuator/prometheus").body();
    }

    private static Map<String, Double> samples(String metric) throws IOException, InterruptedException {
        Map<String, Double> samples = new TreeMap<>();
        scrape().lines().filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                .forEach(line -> samples.put(line.substring(metric.length(), line.lastIndexOf(' ')),
                        Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        assertThat(samples).as(metric).isNotEmpty();
        return samples;
    }

    private static String label(String labels, String name) {
        Matcher value = Pattern.compile(name + "=\"([^\"]*)\"").matcher(labels);
        assertThat(value.find()).isTrue();
        return value.group(1);
    }
}
