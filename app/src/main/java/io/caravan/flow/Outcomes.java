package io.caravan.flow;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.flow.InFlight.Held;
import io.caravan.flow.LaneOutages.Service;
import io.caravan.flow.Recorder.Heard;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.shaping.RetrySchedule;

/** From what a connection heard to what the ledger keeps: when to try again, when to give up, what a lost answer becomes. */
@Component
class Outcomes {

    private static final String NO_SERVICE = "no service for as long as a mail is tried (caravan.retry.expire): ";

    private final RetrySchedule schedule;
    private final Refusals refusals;
    private final RelayRoom relays;

    Outcomes(RetrySchedule schedule, Refusals refusals, RelayRoom relays) {
        this.relays = relays;
        this.schedule = schedule;
        this.refusals = refusals;
    }

    /** Null if nothing was tried: the row is given back. */
    @Nullable
    Outcome of(Heard heard) {
        Held batch = heard.batch();
        if (batch.overdue() && foundNoService(batch, heard.result())) {
            return overdue(batch, batch.row(heard.row().n()), heard);
        }
        return of(batch.reference.batch(), batch.row(heard.row().n()), batch.mailing.spec().inDoubt(), heard.attempt(),
                heard.result(), heard.at());
    }

    /** Mail that goes by relays is not tried while all of them rest; a domain whose hosts are others now is, and finds them. */
    private boolean foundNoService(Held batch, DeliveryResult result) {
        return result instanceof DeliveryResult.Deferred deferred && deferred.verb().isEmpty()
                && !deferred.host().isEmpty()
                || result instanceof DeliveryResult.NotTried && relays.service(batch.route) == Service.NONE;
    }

    private static Outcome overdue(Held batch, Planned row, Heard heard) {
        DeliveryResult result = heard.result();
        return new Outcome(batch.reference.batch(), row.row(), heard.attempt(), row.lane(), heard.at(),
                RowState.EXPIRED, NO_SERVICE + result.reason(), result.host(), result.status(), result.reply(), "",
                null,
                result instanceof DeliveryResult.Deferred);
    }

    @Nullable
    Outcome of(long batch, Planned planned, InDoubtPolicy policy, int attempt, DeliveryResult result, Instant at) {
        return switch (result) {
            case DeliveryResult.Accepted _ -> outcome(batch, planned, attempt, result, at, RowState.ACCEPTED, "", null);
            case DeliveryResult.Bounced bounced ->
                outcome(batch, planned, attempt, result, at, RowState.BOUNCED, refusals.reason(bounced, planned), null);
            case DeliveryResult.Failed _ ->
                outcome(batch, planned, attempt, result, at, RowState.FAILED, result.reason(), null);
            case DeliveryResult.Suppressed _ ->
                outcome(batch, planned, attempt, result, at, RowState.SUPPRESSED, result.reason(), null);
            case DeliveryResult.Complained _ ->
                outcome(batch, planned, attempt, result, at, RowState.COMPLAINED, result.reason(), null);
            case DeliveryResult.NotTried _ -> null;
            case DeliveryResult.Deferred _ -> later(batch, planned, attempt, result, at);
            case DeliveryResult.InDoubt _ -> policy == InDoubtPolicy.HOLD
                    ? outcome(batch, planned, attempt, result, at, RowState.IN_DOUBT, result.reason(), null)
                    : later(batch, planned, attempt, result, at);
        };
    }

    private Outcome later(long batch, Planned planned, int attempt, DeliveryResult result, Instant at) {
        String why = result instanceof DeliveryResult.Deferred deferred
                ? refusals.reason(deferred, planned)
                : result.reason();
        Instant first = planned.firstAttempt();
        Optional<Instant> next = schedule.next(planned.row(), attempt, first == null ? at : first, at);
        if (next.isEmpty()) {
            return outcome(batch, planned, attempt, result, at, RowState.EXPIRED,
                    "after " + attempt + " attempts: " + why, null);
        }
        String how = result instanceof DeliveryResult.InDoubt
                ? "was in doubt, is sent again with the same bytes: "
                : "";
        return outcome(batch, planned, attempt, result, at, RowState.DEFERRED,
                "next attempt " + next.get().truncatedTo(ChronoUnit.SECONDS) + ": " + how + why,
                next.get());
    }

    private static Outcome outcome(long batch, Planned planned, int attempt, DeliveryResult result, Instant at,
            RowState state, String reason,
            @Nullable Instant retryAt) {
        RowId row = planned.row();
        return new Outcome(batch, row, attempt, planned.lane(), at, state, reason, result.host(), result.status(),
                result.reply(), verb(result), retryAt);
    }

    private static String verb(DeliveryResult result) {
        return switch (result) {
            case DeliveryResult.Deferred deferred -> deferred.verb();
            case DeliveryResult.Bounced bounced -> bounced.verb();
            case DeliveryResult.Accepted _,DeliveryResult.InDoubt _,DeliveryResult.Complained _,DeliveryResult.Unsent _ ->
                "";
        };
    }
}
