package io.caravan.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.audience.Chunks;
import io.caravan.audience.Import;
import io.caravan.audience.ImportRow;
import io.caravan.audience.Imports;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.config.Starter;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.Planner;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.pacing.Lanes;

import static org.assertj.core.api.Assertions.assertThat;

class LedgerVerbsTest {

    private static final Starter STARTER = new Starter(Object.class, (paths, environment, notes) -> List.of());

    @TempDir
    static Path folder;
    static List<String> database;
    static ConfigurableApplicationContext ledgers;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Campaign {@code spring} for four people, drafted; campaign {@code doubtful}, whose run has one row in doubt. */
    @BeforeAll
    static void prepare() {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        database = List.of("--caravan.data=" + folder.resolve("data"), "--caravan.database.url=" + schema.url(),
                "--caravan.database.username=" + schema.username(), "--caravan.database.password=" + schema.password());
        ledgers = STARTER.ledgers(database);
        importPeople(ledgers);
        store(ledgers, "spring");
        CampaignId doubtful = store(ledgers, "doubtful");
        ledgers.getBean(Campaigns.class).act(doubtful, Action.START);
        Run run = ledgers.getBean(Runs.class).latest(doubtful).orElseThrow();
        plan(ledgers, run);
        inDoubt(run, "pending");
    }

    private static void inDoubt(Run run, String before) {
        JdbcClient jdbc = ledgers.getBean(JdbcClient.class);
        jdbc.sql(
                "update delivery set state = 'in_doubt', reason = 'the line broke after the dot', attempts = 1 where run_id = ? and n = 1")
                .param(run.id().value()).update();
        jdbc.sql("update run_count set n = n - 1 where run_id = :run and state = :before")
                .param("run", run.id().value())
                .param("before", before).update();
        jdbc.sql("insert into run_count (run_id, state, n) values (?, 'in_doubt', 1) on duplicate key update n = 1")
                .param(run.id().value()).update();
    }

    @AfterAll
    static void close() {
        ledgers.close();
    }

    @Test
    void queueListsLanesAndHoldsReleasesAndCancelsByAllFiltersTogether() {
        assertThat(ledgers.getBean(Lanes.class).tail("shop")).as("the lane of the plan").isEqualTo(1);
        JdbcClient jdbc = ledgers.getBean(JdbcClient.class);
        String before = jdbc.sql("select state from run order by id limit 1").query(String.class).single();
        jdbc.sql("update run set state = 'running' order by id limit 1").update();
        try {
            queueByAllFilters();
        } finally {
            jdbc.sql("update run set state = ? order by id limit 1").param(before).update();
        }
    }

    private void queueByAllFilters() {
        assertThat(run("queue")).isZero();
        String[] line = out.toString().lines().skip(1).findFirst().orElseThrow().split(",");
        assertThat(out.toString()).startsWith("run,campaign,number,lane,identity,provider,waiting");
        assertThat(line[1]).isEqualTo("doubtful");
        String[] filters = {"--run=" + line[0], "--identity=" + line[4], "--provider=" + line[5],
                "--domain=example.org", "--note=asked by phone"};

        assertThat(queue("hold", filters, "--dry-run")).isZero();
        assertThat(out.toString()).startsWith("hold concerns ").doesNotContain("done");
        assertThat(queue("hold", filters, "--until=4h")).isZero();
        assertThat(queue("holds", new String[0])).isZero();
        assertThat(out.toString().lines().skip(1)).singleElement().asString().contains(line[0] + "," + line[4] + ","
                + line[5] + ",example.org,asked by phone,");
        assertThat(queue("release", filters)).isZero();
        assertThat(out.toString()).contains("1 orders ended");
        assertThat(queue("holds", new String[0])).isZero();
        assertThat(out.toString().lines()).hasSize(1);

        assertThat(queue("hold", new String[]{"--run=999999", "--state=accepted"})).isEqualTo(1);
        assertThat(err.toString()).contains("there is no run 999999", "leave state and reason out", "write who asked");
        assertThat(queue("burn", new String[0])).isEqualTo(2);
        assertThat(queue("list", new String[]{"--domain=example.org"})).isEqualTo(2);
        assertThat(queue("cancel", new String[]{"--note=x"})).isEqualTo(1);
    }

    private int queue(String action, String[] filters, String... more) {
        out.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of("queue", action));
        all.addAll(List.of(filters));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    @Test
    void campaignShowsWhatItIsAndSaysHowManyItConcernsBeforeItActs() {
        assertThat(run("campaign", "spring")).isZero();
        assertThat(out.toString()).contains("state     draft").contains("version   1").contains("spring.campaign.yaml");

        assertThat(run("campaign", "spring", "start")).isZero();

        assertThat(out.toString()).contains("start concerns 4 people\ncampaign spring is running, run 1 is planning");
        assertThat(run("campaign", "spring", "start")).isEqualTo(1);
        assertThat(err.toString()).contains("campaign spring cannot start: it is running already");
        assertThat(run("campaign", "spring", "dance")).isEqualTo(2);
        assertThat(err.toString()).contains("'dance' is no action").contains("Try 'caravan campaign --help'.");
        assertThat(run("campaign", "summer")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no campaign 'summer'; there is: doubtful, spring");
    }

    @Test
    void ledgerPrintsARowForEverybody() {
        assertThat(run("ledger", "doubtful")).isZero();

        List<String> lines = out.toString().lines().toList();
        assertThat(lines.getFirst()).isEqualTo(
                "row,address,state,reason,attempts,message_id,host,status,reply,first_attempt_at,last_attempt_at");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).contains("in_doubt,the line broke after the dot,1,<").contains("@shop.example>");
        assertThat(lines.get(2)).matches("\\d+\\.2,[^,]+@example.org,pending,,0,,,,,,");
    }

    @Test
    void ledgerPrintsOneStateAsJson() {
        assertThat(run("ledger", "doubtful", "--state", "pending", "--format", "ndjson", "--run", "1")).isZero();

        assertThat(out.toString().lines()).hasSize(3)
                .allMatch(line -> line.startsWith("{\"row\":\"") && line.contains("\"state\":\"pending\"")
                        && line.contains("\"attempts\":0") && line.endsWith("\"last_attempt_at\":null}"));
        assertThat(run("ledger", "doubtful", "--run", "7")).isEqualTo(1);
        assertThat(err.toString()).contains("has no run 7");
    }

    @Test
    void doubtIsListedAndDecided() {
        assertThat(run("doubt", "doubtful")).isZero();
        String row = out.toString().lines().skip(1).findFirst().orElseThrow().replaceFirst(",.*", "");

        assertThat(run("doubt", "doubtful", "settle", row, "perhaps")).isEqualTo(1);
        assertThat(run("doubt", "spring", "settle", row, "accepted")).isEqualTo(1);
        assertThat(run("doubt", "doubtful", "settle", row.replace(".1", ".2"), "accepted")).isEqualTo(1);

        assertThat(err.toString()).contains("'perhaps' is no decision").contains("is not one of campaign spring")
                .contains("is not in doubt");
    }

    @Test
    void whatIsSentAgainOfAPausedCampaignWaitsAndTheVerbSaysSo() {
        Campaigns campaigns = ledgers.getBean(Campaigns.class);
        CampaignId doubtful = campaigns.find("doubtful").orElseThrow().id();
        Run run = ledgers.getBean(Runs.class).latest(doubtful).orElseThrow();
        String row = run.id() + ".1";
        campaigns.act(doubtful, Action.PAUSE);
        try {
            assertThat(run("doubt", "doubtful", "settle", row, "resend")).isZero();
            assertThat(out.toString())
                    .isEqualTo(row + " sent again when the campaign is resumed: it is paused" + System.lineSeparator());
        } finally {
            campaigns.act(doubtful, Action.RESUME);
            ledgers.getBean(JdbcClient.class).sql("delete from retry where run_id = ?").param(run.id().value())
                    .update();
            inDoubt(run, "deferred");
        }
    }

    @Test
    void suppressionsAreAddedListedImportedAndRemoved() throws Exception {
        Path file = Files.writeString(folder.resolve("list.csv"),
                "email,why\nEve@Example.com,asked\nnobody\n\"mallory@example.com\",x\n");

        assertThat(run("suppressions", "add", "Zoe@Example.com", "--note", "by phone", "--scope", "list:news"))
                .isZero();
        assertThat(run("suppressions", "import", file.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("2 added, 0 known before, 1 invalid");
        assertThat(err.toString()).contains("list.csv:3: ");
        assertThat(run("suppressions", "list", "zoe@example.com")).isZero();
        assertThat(out.toString()).contains(",zoe@example.com,list:news,manual,by phone,,");
        assertThat(run("suppressions", "remove", "zoe@example.com")).isZero();
        assertThat(run("suppressions", "remove", "zoe@example.com")).isEqualTo(1);

        out.getBuffer().setLength(0);
        assertThat(run("suppressions", "export")).isZero();
        assertThat(out.toString()).contains("eve@example.com,global,import,imported from list.csv,")
                .contains("mallory@example.com")
                .doesNotContain("zoe@");
    }

    @Test
    void whyTellsTheChainOfOnePerson() {
        assertThat(run("suppressions", "add", "p2@example.org", "--note", "a letter")).isZero();

        assertThat(run("why", "P2@example.org", "--campaign", "doubtful")).isZero();

        assertThat(out.toString()).contains("contact      known as p2@example.org")
                .contains("\"first_name\":\"Person 2\"")
                .contains("suppression  ").contains("a letter").contains("planned      doubtful run 1, version 1, row ")
                .contains("state        ");
        assertThat(run("why", "stranger@example.org")).isEqualTo(1);
    }

    @Test
    void mailboxIsListedAndCleared() {
        assertThat(run("mailbox")).isZero();
        assertThat(out.toString()).isEqualTo("id,received_at,recipient,from,subject,campaign,row,size\n");

        assertThat(run("mailbox", "show", "5")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no mail 5");
        assertThat(run("mailbox", "clear")).isZero();
        assertThat(out.toString()).contains("0 mails removed");
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(database);
        return new Caravan(new OneContext(), new PrintWriter(out), new PrintWriter(err))
                .run(all.toArray(String[]::new));
    }

    private static void importPeople(ConfigurableApplicationContext ledgers) {
        Imports imports = ledgers.getBean(Imports.class);
        Import running = imports.begin("people.csv", "people", "0".repeat(64), CampaignSpec.Mode.ADD);
        List<ImportRow> rows = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            String address = "p" + i + "@example.org";
            rows.add(new ImportRow(i + 1, i + 1, address, EmailAddress.parse(address),
                    Map.of("first_name", "Person " + i), null));
        }
        Chunks.take(imports, running, rows);
        imports.finish(running);
    }

    private static CampaignId store(ConfigurableApplicationContext ledgers, String name) {
        CampaignSpec spec = new CampaignSpec(name, "Ana's Shop <news@shop.example>", null, "Hello", "a.html", null,
                List.of(), Map.of(),
                new CampaignSpec.Audience("people.csv", null, List.of(), CampaignSpec.Mode.ADD, List.of()), null, null,
                CampaignSpec.STANDARD, InDoubtPolicy.HOLD, Map.of(), Map.of());
        return ledgers.getBean(Campaigns.class)
                .store(spec, name + "0".repeat(64 - name.length()), name + ".campaign.yaml", "name: " + name,
                        Map.of())
                .campaign().id();
    }

    private static void plan(ConfigurableApplicationContext ledgers, Run run) {
        long last = ledgers.getBean(Imports.class).lastFinished("people").orElseThrow().id();
        Planner planner = ledgers.getBean(Planner.class);
        PlanOrder.Who who = new PlanOrder.Who(new PlanOrder.OfImport(last), List.of(), null, List.of("global"));
        planner.plan(new PlanOrder(run.id(), who, planner.domains(who), Map.of(), 1));
    }

    /** All verbs on one context, which saves a second each: what a verb closes is only a child of it. */
    private static final class OneContext implements Launcher {

        @Override
        public ConfigurableApplicationContext application(List<String> properties, boolean web) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ConfigurableApplicationContext ledgers(List<String> properties) {
            GenericApplicationContext child = new GenericApplicationContext(ledgers);
            child.refresh();
            return child;
        }

        @Override
        public ConfigurableEnvironment environment(List<String> properties) {
            return STARTER.environment(properties);
        }

        @Override
        public List<String> check(List<Path> paths, List<String> properties,
                java.util.function.Consumer<String> notes) {
            return List.of();
        }

        @Override
        public Failure explain(Throwable failure) {
            return STARTER.explain(failure);
        }
    }
}
