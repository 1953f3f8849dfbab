package io.caravan.bench;

import java.security.Provider;

import org.junit.jupiter.api.Test;

/** The whole road, unsigned and signed by either provider, against nodemailer without a ledger, unsigned and with its dkim option. */
class NodemailerBench {

    private static final int PEOPLE = Rounds.people(20_000);
    private static final int UNSIGNED = Math.min(PEOPLE, 10_000);
    private static final int SIGNED = Math.min(PEOPLE, 4_000);

    @Test
    void nodemailer() throws Exception {
        Figures.take(NodemailerBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        Nodemailer peer = new Nodemailer();
        Provider provider = SignedBench.provider();
        try (Sink sink = new Sink();
                Product unsigned = Product.before(sink, "512m");
                Product jdk = SignedBench.signing(new Launch("512m").without(SignedBench.NATIVE_LIBRARY), sink);
                Product natively = SignedBench.signing(new Launch("512m"), sink)) {
            SignedBench.expect(jdk, "JDK");
            for (Product each : new Product[]{unsigned, jdk, natively}) {
                each.drop("people.csv", Letters.people(PEOPLE, 1));
                each.imported("people", PEOPLE);
            }
            Rounds.all((name, counts) -> {
                Figures into = counts ? figures : new Figures();
                peer.send("nodemailer", sink.port, UNSIGNED, false, into);
                Mailing.of(unsigned, name, "people", PEOPLE).into(into, "caravan, unsigned");
                peer.send("nodemailer with dkim", sink.port, SIGNED, true, into);
                Mailing.of(jdk, name, "people", PEOPLE).into(into, "caravan, signed by the JDK");
                if (provider != null) {
                    Mailing.of(natively, name, "people", PEOPLE).into(into, "caravan, signed by AWS-LC");
                }
            });
            figures.print("against nodemailer, " + PEOPLE + " recipients (of nodemailer " + UNSIGNED + " and " + SIGNED
                    + "), 20 connections");
            figures.bar(Bar.NODEMAILER, "caravan, unsigned: mails/s", "nodemailer: mails/s");
            figures.bar(Bar.NODEMAILER_JDK, "caravan, signed by the JDK: mails/s", "nodemailer with dkim: mails/s");
            if (provider == null) {
                figures.without(Bar.NODEMAILER_NATIVE, "AWS-LC does not work on this machine");
            } else {
                SignedBench.expect(natively, "AWS-LC");
                figures.bar(Bar.NODEMAILER_NATIVE, "caravan, signed by AWS-LC: mails/s",
                        "nodemailer with dkim: mails/s");
            }
        }
    }
}
