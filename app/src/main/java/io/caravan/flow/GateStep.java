package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.flow.InFlight.Held;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.Finished;
import io.caravan.mail.Gate;
import io.caravan.mail.RowId;
import io.caravan.suppression.Suppression.Ask;
import io.caravan.suppression.Suppressions;

/** The step {@code gate.pass}: asks once for the whole batch who must not be mailed; only what passes can be sent. */
@Component("gate")
public class GateStep {

    private final Gate gate;
    private final InFlight inFlight;
    private final Recorder recorder;

    GateStep(Suppressions suppressions, InFlight inFlight, Recorder recorder) {
        gate = new Gate(mails -> suppressed(suppressions, mails));
        this.inFlight = inFlight;
        this.recorder = recorder;
    }

    public OpenBatch pass(OpenBatch batch) {
        Gate.Passage passage = gate.pass(batch.finished());
        Held held = inFlight.batch(batch.reference().batch());
        for (Finished mail : batch.finished()) {
            String why = passage.suppressed().get(mail.row());
            if (why != null && held != null && held.decide(mail.row().n())) {
                recorder.take(held, mail.row(), mail.attempt(), new DeliveryResult.Suppressed(why));
            }
        }
        return batch.withCleared(passage.cleared());
    }

    /** One mail that is on no batch: what passed, or why it did not. */
    Gate.Passage pass(Finished mail) {
        return gate.pass(List.of(mail));
    }

    private static Map<RowId, String> suppressed(Suppressions suppressions, List<Finished> mails) {
        Map<RowId, Ask> asks = new HashMap<>();
        mails.forEach(mail -> asks.put(mail.row(),
                new Ask(mail.envelope().recipient().canonical(), mail.identity(), mail.list())));
        Map<Ask, Long> found = suppressions.suppressedAmong(asks.values());
        Map<RowId, String> reasons = new HashMap<>();
        asks.forEach((row, ask) -> {
            Long id = found.get(ask);
            if (id != null) {
                reasons.put(row, "suppression:" + id);
            }
        });
        return reasons;
    }
}
