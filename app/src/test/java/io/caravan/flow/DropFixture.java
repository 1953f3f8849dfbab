package io.caravan.flow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Runs;
import io.caravan.content.Contents;
import io.caravan.flow.DropFolder.Dropped;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.CampaignId;
import io.caravan.rendering.MailLimits;

/** A drop folder on real ledgers, emptied before each test. */
abstract class DropFixture {

    static final DataSource DATABASE = TestDatabase.fresh();
    static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);
    static final String CSV = "email,first_name\nana@a.example,Ana\nbob@b.example,Bob\nnot-an-address,X\n";

    @TempDir
    Path data;
    Path drop;
    final InstantSource clock = () -> NOW;
    final JdbcClient jdbc = JdbcClient.create(DATABASE);
    final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(DATABASE));
    final Imports imports = LEDGERS.getBean(Imports.class);
    final Runs runs = LEDGERS.getBean(Runs.class);
    final Campaigns campaigns = LEDGERS.getBean(Campaigns.class);
    final List<CampaignId> changed = new ArrayList<>();
    List<String> templateProblems = List.of();
    DropFolder folder;
    RefusedFiles refused;

    @BeforeEach
    void empties() throws IOException {
        JdbcTemplate template = new JdbcTemplate(DATABASE);
        for (String table : List.of("campaign", "campaign_version", "run", "content", "import_row", "import_person",
                "import_stretch", "import_span",
                "import",
                "list_member", "list",
                "contact_version", "contact")) {
            template.execute("delete from " + table);
        }
        drop = Files.createDirectories(data.resolve("drop"));
        refused = new RefusedFiles(drop, clock);
        folder = folder(Duration.ZERO);
    }

    DropFolder folder(Duration still) {
        CampaignFiles files = new CampaignFiles(LEDGERS.getBean(Contents.class), campaigns,
                (spec, parts) -> templateProblems,
                changed::add,
                new CampaignReader(new StoredTemplates(data.resolve("templates").toString()), MailLimits.DEFAULT),
                () -> Set.of("standard", "business-hours"));
        return new DropFolder(drop, new CsvImport(imports, CsvLimits.DEFAULT), new VerdictFile(imports), files,
                new DropPairs(imports, LEDGERS.getBean(Lists.class), campaigns, changed::add),
                refused, clock, still);
    }

    void campaign(String name, String more) throws IOException {
        write(name + ".html", "<p>" + name + "</p>");
        write(name + ".campaign.yaml",
                "name: " + name + "\nfrom: News <news@shop.example>\nsubject: Hello\nhtml: " + name
                        + ".html\nschedule: {at: now}\n" + more);
    }

    List<Dropped> take(String name) {
        return folder.take(drop.resolve(name).toFile());
    }

    void write(String name, String text) throws IOException {
        Files.writeString(drop.resolve(name), text, StandardCharsets.UTF_8);
    }

    String read(String name) throws IOException {
        return Files.readString(drop.resolve(name));
    }

    List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(drop)) {
            return all.filter(path -> !Files.isDirectory(path)).map(path -> drop.relativize(path).toString()).sorted()
                    .toList();
        }
    }
}
