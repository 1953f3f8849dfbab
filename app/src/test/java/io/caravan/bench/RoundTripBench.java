package io.caravan.bench;

import java.time.Duration;

import org.junit.jupiter.api.Test;

/** A relay that is 50 ms away: what is sent over 20 connections with one round trip a mail, and by {@code smtp-source -d} with four. */
class RoundTripBench {

    private static final int PEOPLE = Rounds.people(4_000);
    private static final Duration AWAY = Duration.ofMillis(Integer.getInteger("bench.away", 50));
    private static final String CARAVAN = "caravan, one domain";

    @Test
    void roundTrip() throws Exception {
        Figures.take(RoundTripBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        SmtpSource source = new SmtpSource();
        try (OwnSink sink = new OwnSink(AWAY, null);
                Product product = Product.start("512m", Product.to(sink.port))) {
            product.drop("people.csv", Letters.people(PEOPLE, 1));
            product.imported("people", PEOPLE);
            Rounds.all((name, counts) -> {
                source.send(sink.port, 20, PEOPLE, counts ? figures : null);
                Mailing mailing = Mailing.of(product, name, "people", PEOPLE);
                if (counts) {
                    mailing.into(figures, CARAVAN);
                }
            });
            figures.print(AWAY.toMillis() + " ms away, " + PEOPLE + " recipients, 20 connections");
            figures.bar(Bar.ROUND_TRIP, CARAVAN + ": mails/s", "smtp-source -d: mails/s");
        }
    }
}
