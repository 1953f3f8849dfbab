package io.caravan.bench;

import java.nio.file.Files;

/**
 * One run of the product, from the first claim to the last settled row.
 *
 * @param rate        mails/s
 * @param application CPU microseconds a mail, with planning, preflight and whatever else the process did meanwhile
 */
record Mailing(long run, double rate, double application, double database) {

    /** Sends Letters' mail to a list of so many people and waits until each of them is accepted. */
    static Mailing of(Product product, String campaign, String list, int people) throws Exception {
        Files.writeString(product.data.resolve("drop/bench.html"), Letters.HTML);
        Files.writeString(product.data.resolve("drop/bench.txt"), Letters.TEXT);
        long application = product.application().micros();
        long database = product.databaseServer().micros();
        product.drop(campaign + ".campaign.yaml", Letters.campaign(campaign, list + ".csv"));
        long run = product.finished(campaign);
        long accepted = product.number("select count(*) from delivery where state = 'accepted' and run_id = " + run);
        if (accepted != people) {
            throw new IllegalStateException("run " + run + " accepted " + accepted + " of " + people + ":\n"
                    + product.log());
        }
        long micros = product.number(
                "select timestampdiff(microsecond, min(claimed_at), max(closed_at)) from batch where run_id = " + run);
        return new Mailing(run, people * 1e6 / micros,
                (double) (product.application().micros() - application) / people,
                (double) (product.databaseServer().micros() - database) / people);
    }

    void into(Figures figures, String title) {
        figures.add(title + ": mails/s", rate);
        figures.add(title + ": application us/mail (planning, preflight too)", application);
        figures.add(title + ": database us/mail (planning, preflight too)", database);
        figures.add(title + ": application + database us/mail", application + database);
    }
}
