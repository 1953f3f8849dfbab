package io.caravan.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;

import io.caravan.transport.LocalDns;

/** Straight to the hosts of 200 providers with 5,000 domains, found in a DNS beside it, against everything through one relay. */
class MxBench {

    private static final int PEOPLE = Rounds.people(20_000);
    private static final int PROVIDERS = 200;
    private static final int DOMAINS = 5_000;
    private static final int SINKS = 4; // each at an address of its own, as hosts are

    @Test
    void mx() throws Exception {
        Figures.take(MxBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        List<Sink> sinks = new ArrayList<>();
        try (LocalDns dns = dns().start()) {
            sinks.add(new Sink("127.0.0.2", Sink.freePort()));
            int port = sinks.getFirst().port;
            for (int i = 1; i < SINKS; i++) {
                sinks.add(new Sink("127.0.0." + (2 + i), port));
            }
            try (Product product = Product.start("512m", "--caravan.mode=production",
                    "--caravan.dns.servers=127.0.0.1:" + dns.port(), "--caravan.mx.port=" + port,
                    "--caravan.mx.special-addresses=allow",
                    "--caravan.relays.sink.uri=smtp://127.0.0.2:" + port + "?tls=none",
                    "--caravan.relays.sink.connections=20", "--caravan.routing.domains.[dest.example]=relay:sink")) {
                measure(product, dns, figures);
            }
        } finally {
            sinks.forEach(Sink::close);
        }
    }

    private static void measure(Product product, LocalDns dns, Figures figures) throws Exception {
        product.drop("relay.csv", Letters.people(PEOPLE, 1));
        product.drop("mx.csv", Letters.people(PEOPLE, DOMAINS));
        product.imported("relay", PEOPLE);
        product.imported("mx", PEOPLE);
        Rounds.all((name, counts) -> {
            Figures into = counts ? figures : new Figures();
            Mailing.of(product, "relay-" + name, "relay", PEOPLE).into(into, "one relay");
            int asked = dns.asked();
            Mailing mailing = Mailing.of(product, "mx-" + name, "mx", PEOPLE);
            mailing.into(into, "straight to 200 providers");
            into.add("straight to 200 providers: DNS questions", dns.asked() - asked);
            if (name.equals(Rounds.FIRST)) {
                System.out.printf(Locale.ROOT,
                        "the first run, when no domain was known: %.0f mails/s, %d DNS questions%n",
                        mailing.rate(), dns.asked());
            }
            into.add("straight to 200 providers: lanes",
                    product.number("select count(*) from run_lane where run_id = " + mailing.run()));
        });
        figures.print(PEOPLE + " recipients: " + DOMAINS + " domains of " + PROVIDERS
                + " providers, 2 connections each, against one relay, 20 connections");
        figures.ratio("straight to 200 providers: mails/s", "one relay: mails/s");
        figures.ratio("straight to 200 providers: application us/mail",
                "one relay: application us/mail");
    }

    private static LocalDns dns() {
        LocalDns dns = new LocalDns().ttl(3_600).negativeTtl(3_600);
        for (int i = 0; i < DOMAINS; i++) {
            int provider = i % PROVIDERS;
            dns.withMx("d" + i + ".example", 10, "mx.host" + provider + ".test", "127.0.0." + (2 + provider % SINKS));
        }
        return dns;
    }
}
