package io.caravan.bench;

import java.nio.file.Files;
import java.util.Locale;

import org.junit.jupiter.api.Test;

/** Sending with three pages open (overview, run, campaign) against none, in turns: what watching costs. */
class OpenPagesBench {

    private static final int PEOPLE = Integer.getInteger("bench.people", 40_000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int WARM_UP = 2;

    private final Figures figures = new Figures();

    @Test
    void openPages() throws Exception {
        try (Sink sink = new Sink();
                Product product = Product.before(sink, "512m")) {
            product.drop("people.csv", Letters.people(PEOPLE, 1_000));
            product.imported("people", PEOPLE);
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                run(product, "none", round);
                run(product, "three", round);
                System.out.printf(Locale.ROOT, "round %d load %s%n", round, Ticks.load());
            }
            figures.print("sending to " + PEOPLE + " people, watched and not");
            figures.ratio("three pages: mails/s", "none pages: mails/s");
        }
    }

    private void run(Product product, String pages, int round) throws Exception {
        String name = "w-" + pages + "-" + (round + WARM_UP);
        Files.writeString(product.data.resolve("drop/bench.html"), Letters.HTML);
        Files.writeString(product.data.resolve("drop/bench.txt"), Letters.TEXT);
        product.drop(name + ".campaign.yaml", Letters.campaign(name, "people.csv"));
        int fetched = 0;
        try (Visitor visitor = new Visitor(product)) {
            if (pages.equals("three")) {
                long run = begun(product, name);
                visitor.open("/");
                visitor.open("/runs/" + run);
                visitor.open("/campaigns/" + name);
            }
            product.finished(name);
            fetched = visitor.fetched();
        }
        long micros = product
                .number("select timestampdiff(microsecond, min(b.claimed_at), max(b.closed_at)) from batch b"
                        + " join run r on r.id = b.run_id join campaign c on c.id = r.campaign_id where c.name = '"
                        + name + "'");
        if (round >= 0) {
            figures.add(pages + " pages: mails/s", PEOPLE * 1e6 / micros);
            figures.add(pages + " pages: parts fetched anew", fetched);
        }
    }

    private static long begun(Product product, String name) throws Exception {
        String sql = "select max(r.id) from run r join campaign c on c.id = r.campaign_id where c.name = '" + name
                + "'";
        long run = product.number(sql);
        while (run == 0) {
            Thread.sleep(10);
            run = product.number(sql);
        }
        return run;
    }
}
