package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.BounceClass;
import io.caravan.mail.RowState;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;

/** An address that a host refused for good is not mailed again, with its reply as the evidence. Soft and policy refusals suppress nobody. */
@Component
class HardBounces {

    private final Suppressions suppressions;
    private final InFlight inFlight;

    HardBounces(Suppressions suppressions, InFlight inFlight) {
        this.suppressions = suppressions;
        this.inFlight = inFlight;
    }

    void suppress(List<Outcome> settled) {
        List<Suppression.New> entries = new ArrayList<>();
        for (Outcome outcome : settled) {
            Held batch = inFlight.batch(outcome.batch());
            boolean hard = outcome.state() == RowState.BOUNCED && outcome.reason().startsWith(BounceClass.HARD.word());
            if (hard && batch != null && !outcome.host().equals(SendStep.SIMULATOR)) {
                entries.add(
                        new Suppression.New(batch.row(outcome.row().n()).canonical(), Scope.GLOBAL, Reason.HARD_BOUNCE,
                                outcome.host() + ": " + outcome.reply(), outcome.row(), null));
            }
        }
        if (!entries.isEmpty()) {
            suppressions.addAll(entries);
        }
    }
}
