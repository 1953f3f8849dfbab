package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
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

    HardBounces(Suppressions suppressions) {
        this.suppressions = suppressions;
    }

    /** @param row the row that an outcome is of */
    void suppress(List<Outcome> settled, Function<Outcome, Planned> row) {
        List<Suppression.New> entries = new ArrayList<>();
        for (Outcome outcome : settled) {
            boolean hard = outcome.state() == RowState.BOUNCED && outcome.reason().startsWith(BounceClass.HARD.word());
            if (hard && !outcome.host().equals(SendStep.SIMULATOR)) {
                entries.add(
                        new Suppression.New(row.apply(outcome).canonical(), Scope.GLOBAL, Reason.HARD_BOUNCE,
                                outcome.host() + ": " + outcome.reply(), outcome.row(), null));
            }
        }
        if (!entries.isEmpty()) {
            suppressions.addAll(entries);
        }
    }
}
