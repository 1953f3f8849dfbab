package io.caravan.bench;

import org.junit.jupiter.api.Test;

/** A disk whose sync takes 5 ms more, for journal and database alike, against the same processes on the disk as it is. */
class SlowSyncBench {

    private static final int PEOPLE = Rounds.people(20_000);
    private static final long MICROS = Long.getLong("bench.sync", 5_000);
    private static final String SLOW = "slow disk";
    private static final String FAST = "disk as it is";

    @Test
    void slowSync() throws Exception {
        Figures.take(SlowSyncBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        SlowSync disk = new SlowSync();
        try (Sink sink = new Sink();
                Product product = Product.start(disk.under(new Launch("512m")), Product.to(sink.port))) {
            product.drop("people.csv", Letters.people(PEOPLE, 1));
            product.imported("people", PEOPLE);
            Rounds.all((name, counts) -> {
                Figures into = counts ? figures : new Figures();
                turn(product, disk, 0, FAST, "fast-" + name, into);
                turn(product, disk, MICROS, SLOW, "slow-" + name, into);
            });
            figures.print("each sync " + MICROS + " us slower, " + PEOPLE + " recipients, 20 connections");
            figures.ratio(SLOW + ": mails/s", FAST + ": mails/s");
        }
    }

    private static void turn(Product product, SlowSync disk, long micros, String title, String campaign,
            Figures figures) throws Exception {
        disk.delay(micros);
        long application = disk.application();
        long database = disk.database();
        Mailing.of(product, campaign, "people", PEOPLE).into(figures, title);
        disk.delay(0);
        if (disk.application() == application || disk.database() == database) {
            throw new NotHere("syncs are not seen: journal " + (disk.application() - application) + ", database "
                    + (disk.database() - database) + "; this machine's C library takes no LD_PRELOAD");
        }
        figures.add(title + ": syncs of the journal", disk.application() - application);
        figures.add(title + ": syncs of the database", disk.database() - database);
    }
}
