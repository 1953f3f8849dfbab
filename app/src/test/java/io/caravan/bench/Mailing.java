package io.caravan.bench;

import java.nio.file.Files;

/**
 * One run of the product, from the first claim to the last settled row.
 *
 * @param rate        mails/s
 * @param whole CPU microseconds a mail from the dropped file on: with planning, preflight and whatever else the processes did meanwhile
 * @param road  the same from the first claim on
 */
record Mailing(long run, double rate, Cpu whole, Cpu road) {

    /** Microseconds a mail. */
    record Cpu(double application, double database) {

        static Cpu now(Product product) throws Exception {
            return new Cpu(product.application().micros(), product.databaseServer().micros());
        }

        Cpu since(Cpu before, int people) {
            return new Cpu((application - before.application) / people, (database - before.database) / people);
        }

        double both() {
            return application + database;
        }
    }

    /** Sends Letters' mail to a list of so many people and waits until each of them is accepted. */
    static Mailing of(Product product, String campaign, String list, int people) throws Exception {
        Files.writeString(product.data.resolve("drop/bench.html"), Letters.HTML);
        Files.writeString(product.data.resolve("drop/bench.txt"), Letters.TEXT);
        Cpu before = Cpu.now(product);
        product.drop(campaign + ".campaign.yaml", Letters.campaign(campaign, list + ".csv"));
        product.sending(campaign);
        Cpu sending = Cpu.now(product);
        long run = product.finished(campaign);
        Cpu after = Cpu.now(product);
        long accepted = product.number("select count(*) from delivery where state = 'accepted' and run_id = " + run);
        if (accepted != people) {
            throw new IllegalStateException("run " + run + " accepted " + accepted + " of " + people + ":\n"
                    + product.log());
        }
        long micros = product.number(
                "select timestampdiff(microsecond, min(claimed_at), max(closed_at)) from batch where run_id = " + run);
        return new Mailing(run, people * 1e6 / micros, after.since(before, people), after.since(sending, people));
    }

    void into(Figures figures, String title) {
        figures.add(title + ": mails/s", rate);
        figures.add(title + ": application us/mail", road.application());
        figures.add(title + ": database us/mail", road.database());
        figures.add(title + ": application + database us/mail", road.both());
        figures.add(title + ": the same with planning and preflight", whole.both());
    }
}
