package io.caravan.flow;

import org.apache.camel.CamelExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;

/** The step {@code failures.giveBack}: what a route could not do is given back, with the reason. */
@Component("failures")
public class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private final BatchSteps batches;

    Failures(BatchSteps batches) {
        this.batches = batches;
    }

    /** A batch goes back to the ledger and is claimed again later; anything else has kept its own state and is only told. */
    public void giveBack(@Nullable Object body, Exception said) {
        // Camel wraps what is checked, and then speaks of itself: the reason is what it wraps
        Exception fault = said instanceof CamelExecutionException && said.getCause() instanceof Exception cause
                ? cause
                : said;
        switch (body) {
            case OpenBatch batch ->
                batches.failed(batch, "workflow " + batch.getWorkflow() + " failed: " + fault.getMessage(), fault);
            case BatchReference reference -> {
                batches.failed(reference, "its batch could not be handed on: " + fault.getMessage(), fault);
                log.warn("event=batch-not-handed-on batch={} run={} what=\"{}\"", reference.batch(), reference.run(),
                        fault.toString());
                return; // while a broker is down this comes again and again: its stack trace tells nothing more
            }
            case null, default -> {
            }
        }
        log.warn("event=route-fault body={} what=\"{}\"", body == null ? "none" : body.getClass().getSimpleName(),
                fault.toString(), fault);
    }
}
