package io.caravan.flow;

import java.util.List;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Planned;
import io.caravan.mail.Cleared;
import io.caravan.mail.Finished;

/**
 * A batch on the road: what the steps of a workflow hand to each other. Each step gives the next one a fuller one.
 *
 * @param mailing  the campaign version that it carries
 * @param rows     the recipients, as planned
 * @param finished their mails, once rendered
 * @param cleared  those of them that the gate let through: what may be sent
 */
public record OpenBatch(BatchReference reference, Prepared mailing, List<Planned> rows, List<Finished> finished,
        List<Cleared> cleared) {

    OpenBatch(BatchReference reference, Prepared mailing, List<Planned> rows) {
        this(reference, mailing, rows, List.of(), List.of());
    }

    OpenBatch withFinished(List<Finished> mails) {
        return new OpenBatch(reference, mailing, rows, mails, List.of());
    }

    OpenBatch withCleared(List<Cleared> mails) {
        return new OpenBatch(reference, mailing, rows, finished, mails);
    }

    /** The workflow that the campaign names: a route {@code direct:NAME}. */
    public String getWorkflow() {
        return mailing.spec().workflow();
    }

    public String getCampaign() {
        return mailing.spec().name();
    }

    @Override
    public String toString() {
        return "batch " + reference.batch() + " of run " + reference.run() + " (" + rows.size() + " rows)";
    }
}
