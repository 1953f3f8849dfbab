package io.caravan.bench;

import java.util.Locale;

/** What the project holds itself to: a ratio within one run, the value to hold and the one that is very good. */
public enum Bar {
    ROAD("whole road, unsigned / smtp-source -d: rate", "Road", 0.60, 0.80), ROAD_CPU(
            "application + database / smtp-source -d: CPU a mail", "Road", 4.0,
            2.5), SIGNED_JDK("road signed by the JDK / what two threads sign", "Signed", 0.60, 0.75), SIGNED_NATIVE(
                    "road signed natively / what two threads sign", "Signed", 0.40,
                    0.50), SPRING_ARRAY("unsigned / JavaMailSender.send(array)", "Road", 2.2, 3.0), SPRING_ONE(
                            "unsigned / JavaMailSender.send(one)", "Road", 3.5,
                            5.0), NODEMAILER("unsigned / nodemailer pool", "Nodemailer", 6, 8.5), NODEMAILER_JDK(
                                    "signed by the JDK / nodemailer with dkim", "Nodemailer", 2,
                                    2.6), NODEMAILER_NATIVE("signed natively / nodemailer with dkim", "Nodemailer", 5,
                                            6.5), ROUND_TRIP("50 ms away / smtp-source -d, same connections",
                                                    "RoundTrip", 3.5, 3.9), IMPORT(
                                                            "import with verdicts / LOAD DATA LOCAL: rows", "Import",
                                                            0.35, 0.6), PLANNING("planning / LOAD DATA LOCAL: rows",
                                                                    "Import", 0.5,
                                                                    0.9), SIZE_CPU("CPU a mail, 1 M / 100 k recipients",
                                                                            "Scale", 1.15, 1.0), CLAIMS(
                                                                                    "last fifth / first fifth of claim times, 1 M",
                                                                                    "Claim", 1.5, 1.2), CLAIMS_SNAPSHOT(
                                                                                            "the same with a snapshot open elsewhere",
                                                                                            "Claim", 1.5,
                                                                                            1.2), SIZE_HEAP(
                                                                                                    "live heap after GC, 1 M minus 10 k: MiB",
                                                                                                    "Scale", 16, 2);

    private final String title;
    private final String bench;
    private final double hold;
    private final double good;

    Bar(String title, String bench, double hold, double good) {
        this.title = title;
        this.bench = bench;
        this.hold = hold;
        this.good = good;
    }

    /** Which {@code -Dbench=} measures it. */
    String bench() {
        return bench;
    }

    /** {@code >= 0.60} or {@code <= 4.00}. */
    String held() {
        return bound(hold);
    }

    String veryGood() {
        return bound(good);
    }

    String title() {
        return title;
    }

    String verdict(double measured) {
        return meets(measured, good) ? "very good" : meets(measured, hold) ? "reached" : "not reached";
    }

    private boolean meets(double measured, double bound) {
        return good > hold ? measured >= bound : measured <= bound;
    }

    private String bound(double value) {
        return String.format(Locale.ROOT, "%s %.2f", good > hold ? ">=" : "<=", value);
    }
}
