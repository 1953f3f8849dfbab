package io.caravan.bench;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.caravan.transport.TestCertificates;

/** A relay that is spoken to over STARTTLS against the same one in the clear. The sink is one in Java, since {@code smtp-sink} has no TLS. */
class TlsBench {

    private static final int PEOPLE = Rounds.people(20_000);

    @Test
    void tls() throws Exception {
        Figures.take(TlsBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        try (OwnSink plain = new OwnSink(Duration.ZERO, null);
                OwnSink tls = new OwnSink(Duration.ZERO, TestCertificates.selfSigned("127.0.0.1").server());
                Product product = Product.start("512m", "--caravan.mode=production",
                        "--caravan.relays.plain.uri=smtp://127.0.0.1:" + plain.port + "?tls=none",
                        "--caravan.relays.tls.uri=smtp://127.0.0.1:" + tls.port + "?tls=required",
                        "--caravan.routing.default=relay:plain",
                        "--caravan.routing.domains.[tls.example]=relay:tls")) {
            product.drop("plain.csv", Letters.people(PEOPLE, 1));
            product.drop("tls.csv", Letters.people(PEOPLE, 1).replace("@dest.example", "@tls.example"));
            product.imported("plain", PEOPLE);
            product.imported("tls", PEOPLE);
            Rounds.all((name, counts) -> {
                Figures into = counts ? figures : new Figures();
                turn(product, "plain", plain, name, into);
                turn(product, "tls", tls, name, into);
            });
            figures.print("a relay over TLS and in the clear, " + PEOPLE + " recipients, 20 connections");
            figures.ratio("tls: mails/s", "plain: mails/s");
            figures.ratio("tls: application us/mail",
                    "plain: application us/mail");
        }
    }

    private static void turn(Product product, String list, OwnSink sink, String round, Figures figures)
            throws Exception {
        long connections = sink.connections.get();
        long taken = sink.taken.get();
        Ticks self = new Ticks(ProcessHandle.current().pid());
        long cpu = self.micros();
        Mailing.of(product, list + "-" + round, list, PEOPLE).into(figures, list);
        if (sink.taken.get() - taken != PEOPLE) {
            throw new IllegalStateException("the sink took " + (sink.taken.get() - taken) + " mails");
        }
        figures.add(list + ": connections opened", sink.connections.get() - connections);
        figures.add(list + ": sink us/mail", (double) (self.micros() - cpu) / PEOPLE);
    }
}
