package io.caravan.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

/** Import with a verdict for every row, and planning, against {@code LOAD DATA LOCAL} of the same file into a table with the same key. */
class ImportBench {

    private static final int PEOPLE = Rounds.people(200_000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int WARM_UP = 1;

    private Figures figures = new Figures();

    static void measure(Figures figures) throws Exception {
        ImportBench bench = new ImportBench();
        bench.figures = figures;
        bench.importAndPlan();
    }

    @Test
    void importAndPlan() throws Exception {
        try (Product product = Product.start("512m", "--caravan.mode=production",
                "--caravan.relays.none.uri=smtp://127.0.0.1:9?tls=none",
                "--caravan.routing.default=relay:none", "--caravan.pacing.overall=1/day")) {
            product.database().createStatement().execute(
                    """
                    create table peer (id bigint auto_increment primary key, address varchar(320) not null, domain varchar(255) not null,
                    attributes longtext not null, unique key (address)) default charset utf8mb4 collate utf8mb4_nopad_bin""");
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                Path csv = csv(product, round);
                loadData(product, csv, round >= 0);
                taken(product, csv, round);
                System.out.printf(Locale.ROOT, "round %d load %s%n", round, Ticks.load());
            }
        }
        figures.print("import and planning, " + PEOPLE + " new people a round");
        figures.bar(Bar.IMPORT, "import with verdicts: rows/s", "LOAD DATA LOCAL: rows/s");
        figures.bar(Bar.PLANNING, "planning: rows/s", "LOAD DATA LOCAL: rows/s");
    }

    private Path csv(Product product, int round) throws IOException {
        Path csv = product.data.resolve("round" + (round + WARM_UP) + ".csv");
        Files.writeString(csv,
                Letters.people(PEOPLE, 5_000).replaceAll("(?m)^p(?=\\d)", "r" + (round + WARM_UP) + "p"));
        return csv;
    }

    private void loadData(Product product, Path csv, boolean counts) throws Exception {
        long database = product.databaseServer().micros();
        long began = System.nanoTime();
        try (Statement statement = product.database().createStatement()) {
            int rows = statement.executeUpdate("load data local infile '" + csv
                    + "' into table peer fields terminated by ','"
                    + " ignore 1 lines (@email, @first, @last, @city, @plan, @code, @shop)"
                    + " set address = @email, domain = substring_index(@email, '@', -1), attributes = json_object('first_name', @first,"
                    + " 'last_name', @last, 'city', @city, 'plan', @plan, 'code', @code, 'shop', @shop)");
            if (rows != PEOPLE) {
                throw new IllegalStateException("LOAD DATA took " + rows);
            }
        }
        if (counts) {
            figures.add("LOAD DATA LOCAL: rows/s", PEOPLE * 1e9 / (System.nanoTime() - began));
            figures.add("LOAD DATA LOCAL: database us/row",
                    (double) (product.databaseServer().micros() - database) / PEOPLE);
        }
    }

    private void taken(Product product, Path csv, int round) throws Exception {
        boolean counts = round >= 0;
        String list = csv.getFileName().toString().replace(".csv", "");
        long application = product.application().micros();
        long database = product.databaseServer().micros();
        Files.setLastModifiedTime(csv, FileTime.from(Instant.now().minusSeconds(60))); // so that nobody waits for it to be still
        Files.createDirectories(product.data.resolve("drop"));
        long began = System.nanoTime();
        Files.move(csv, product.data.resolve("drop").resolve(csv.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        product.imported(list, PEOPLE);
        if (counts) {
            figures.add("import with verdicts: rows/s", PEOPLE * 1e9 / (System.nanoTime() - began));
            figures.add("import with verdicts: application us/row",
                    (double) (product.application().micros() - application) / PEOPLE);
            figures.add("import with verdicts: database us/row",
                    (double) (product.databaseServer().micros() - database) / PEOPLE);
        }
        Files.writeString(product.data.resolve("drop/bench.html"), Letters.HTML);
        Files.writeString(product.data.resolve("drop/bench.txt"), Letters.TEXT);
        product.drop(list + ".campaign.yaml", Letters.campaign(list, list + ".csv"));
        long run = 0;
        long until = System.nanoTime() + Duration.ofMinutes(20).toNanos();
        while (run == 0) {
            product.pause(until, list + " was not planned");
            run = product.number(
                    "select r.id from run r join campaign c on c.id = r.campaign_id where r.state = 'running' and c.name = '"
                            + list + "'");
        }
        if (counts) {
            figures.add("planning: rows/s", PEOPLE * 1000.0
                    / milliseconds(product, "run-planned run=" + run + " .*rows=" + PEOPLE + " ms=(\\d+)"));
            figures.add("preflight: rows/s",
                    PEOPLE * 1000.0 / milliseconds(product, "run-started run=" + run + " .*preflight_ms=(\\d+)"));
        }
    }

    private static long milliseconds(Product product, String pattern) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        Matcher matcher = Pattern.compile(pattern).matcher(product.log());
        while (!matcher.find()) { // the log may be a moment behind the database
            product.pause(until, "the log says nothing like " + pattern);
            matcher = Pattern.compile(pattern).matcher(product.log());
        }
        return Math.max(1, Long.parseLong(matcher.group(1)));
    }
}
