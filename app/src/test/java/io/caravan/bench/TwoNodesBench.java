package io.caravan.bench;

import org.junit.jupiter.api.Test;

/**
 * Two nodes on one database against one node on a database of its own, all up and warm in one run. On one machine this tells what nodes cost
 * each other, not what a second machine brings.
 */
class TwoNodesBench {

    private static final int PEOPLE = Rounds.people(20_000);

    @Test
    void twoNodes() throws Exception {
        Figures.take(TwoNodesBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        try (Sink sink = new Sink();
                Product alone = Product.before(sink, "512m");
                Product first = Product.before(sink, "512m");
                Product second = Product.start(new Launch("512m").beside(first), Product.to(sink.port))) {
            people(alone);
            people(first);
            Rounds.all((name, counts) -> {
                Figures into = counts ? figures : new Figures();
                Mailing.of(alone, name, "people", PEOPLE).into(into, "one node");
                long cpu = second.application().micros();
                Mailing both = Mailing.of(first, name, "people", PEOPLE);
                double other = (double) (second.application().micros() - cpu) / PEOPLE;
                both.into(into, "two nodes");
                into.add("two nodes: application of the second us/mail", other);
                into.add("two nodes: share of the busier, %", 100.0 * busier(first, both.run()) / PEOPLE);
            });
            figures.print("two nodes on one database and one, " + PEOPLE + " recipients, 20 connections each");
            figures.ratio("two nodes: mails/s", "one node: mails/s");
            figures.ratio("two nodes: application + database us/mail", "one node: application + database us/mail");
        }
    }

    private static long busier(Product first, long run) throws Exception {
        return first.number("select max(n) from (select sum(settled) n from batch where run_id = " + run
                + " group by node_id) each_node");
    }

    private static void people(Product product) throws Exception {
        product.drop("people.csv", Letters.people(PEOPLE, 1_000));
        product.imported("people", PEOPLE);
    }
}
