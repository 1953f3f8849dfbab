package io.caravan.flow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Run;
import io.caravan.delivery.Ledger.Attempt;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.QueueHold;
import io.caravan.delivery.RowHistory.Evidence;
import io.caravan.delivery.RowHistory.Planning;
import io.caravan.mail.RowState;
import io.caravan.pacing.Lanes;

/**
 * What became of one mail to one person, and why.
 *
 * @param provider of the row's lane
 * @param attempts those that did not end in acceptance
 * @param evidence results that changed nothing
 * @param held     the order by which a person holds it back; null: nobody does
 */
public record WhyMail(String campaign, Run run, LedgerRow row, Planning planning, String provider,
        List<Attempt> attempts, List<Evidence> evidence, @Nullable QueueHold held) {

    /**
     * A step of the chain.
     *
     * @param at   null: nobody kept the time
     * @param what planned, claimed, attempt, evidence, held or state
     * @param word how it ended: a state, or "" where there is none
     * @param says one sentence
     */
    public record Step(@Nullable Instant at, String what, String word, String says) {
    }

    /** In order; the last one is how the row stands. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(run.openedAt(), "planned", "", "Campaign " + campaign + ", run " + run.number()
                + ", version " + run.version() + " of its file; attributes in version " + planning.version() + "; "
                + lane() + "."));
        if (planning.dated() != null) {
            steps.add(new Step(planning.dated(), "claimed", "",
                    "Taken into a batch. From here on the mail has its Date and its Message-ID."));
        }
        for (Attempt attempt : attempts) {
            steps.add(new Step(attempt.at(), "attempt", attempt.outcome(),
                    "Attempt " + attempt.number() + said(attempt.host(), attempt.status(), attempt.reply()) + "."));
        }
        for (Evidence late : evidence) {
            steps.add(new Step(late.at(), "evidence", late.outcome(), "Heard when nobody waited for it any more"
                    + said(late.host(), "", late.reply()) + ". It changed nothing."));
        }
        if (held != null) {
            steps.add(new Step(held.since(), "held", "", "Held back by a person's order: " + held.note() + ". It goes "
                    + (held.until() == null ? "when it is released" : "at " + held.until() + ", or when it is released")
                    + "."));
        }
        steps.add(new Step(row.state() == RowState.ACCEPTED ? row.lastAttempt() : settledAt(), "state",
                row.state().word(), state()));
        return steps;
    }

    private String lane() {
        return provider.equals(Lanes.TAIL)
                ? "in the lane of the small domains"
                : "in the lane of " + provider;
    }

    private @Nullable Instant settledAt() {
        return row.state().isFinal() ? row.lastAttempt() : null;
    }

    private String state() {
        String reason = row.reason().isEmpty() ? "" : " (" + row.reason() + ")";
        return switch (row.state()) {
            case PENDING -> "Waits to be sent" + reason + ".";
            case SENDING -> "In an open batch: it is being sent now.";
            case DEFERRED -> planning.retryDue() == null
                    ? "Will be tried again" + reason + "."
                    : "Tried again at " + planning.retryDue() + reason + ".";
            case ACCEPTED -> "The remote took custody, in attempt " + row.attempts()
                    + said(row.host(), row.status(), row.reply()) + ".";
            case BOUNCED -> "Refused for good" + reason + ".";
            case COMPLAINED -> "The person reported it" + reason + ".";
            case EXPIRED -> "Retries ran out" + reason + ".";
            case SUPPRESSED -> "Not to be mailed" + reason + ".";
            case FAILED -> "Our own fault" + reason + ". It can be sent again.";
            case CANCELLED -> "The run was cancelled first" + reason + ".";
            case IN_DOUBT -> "Sent, and the answer was lost" + reason + ". It waits for evidence or for a person.";
        };
    }

    private static String said(String host, String status, String reply) {
        return (host.isEmpty() ? "" : " at " + host)
                + (reply.isEmpty() && status.isEmpty() ? "" : ": " + (status + " " + reply).strip());
    }
}
