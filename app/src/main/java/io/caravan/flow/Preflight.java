package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Planned;
import io.caravan.mail.RunState;
import io.caravan.mail.TemporaryFault;

/**
 * Evaluates every expression for every pending row before the first mail goes, in slices, with a mark that a restart goes on from. Stops asking
 * at twenty faulty rows: a person mends a cause, not a list.
 */
@Component
class Preflight {

    private static final Logger log = LoggerFactory.getLogger(Preflight.class);
    private static final int SLICE = 1000;
    private static final int ENOUGH = 20;

    private final Runs runs;
    private final Batches batches;
    private final Preparations preparations;
    private final Renderer renderer;

    Preflight(Runs runs, Batches batches, Preparations preparations, Renderer renderer) {
        this.runs = runs;
        this.batches = batches;
        this.preparations = preparations;
        this.renderer = renderer;
    }

    /**
     * What would stop mails of this run, a line for each cause, naming its first row, template line and attribute; empty if it may start.
     *
     * @throws TemporaryFault if it was paused or cancelled before all rows were looked at: who resumes it in that moment would else start it
     */
    List<String> problems(Run run) {
        Prepared mailing = preparations.of(run.id());
        RowFaults faults = new RowFaults();
        int after = run.preflightN();
        List<Planned> slice = batches.pending(run.id(), after, SLICE);
        while (!slice.isEmpty()) {
            for (Planned row : slice) {
                faults.add(row.row().toString(), mailing.mailing().evaluate(renderer.person(row)));
                if (faults.rows() >= ENOUGH) {
                    List<String> problems = new ArrayList<>(faults.lines());
                    problems.add("and perhaps more: the check stopped after " + ENOUGH + " rows that cannot be mailed");
                    return problems;
                }
            }
            after = slice.getLast().row().n();
            if (faults.isEmpty()) {
                runs.preflighted(run.id(), after);
            }
            if (after / 100_000 != slice.getFirst().row().n() / 100_000) {
                log.info("event=preflight run={} rows={}", run.id(), after);
            }
            if (runs.run(run.id()).map(now -> now.state() != RunState.PREFLIGHT).orElse(true)) {
                throw new TemporaryFault(
                        "it was paused or cancelled in its preflight: the rest of its rows was not looked at");
            }
            slice = batches.pending(run.id(), after, SLICE);
        }
        return faults.lines();
    }
}
