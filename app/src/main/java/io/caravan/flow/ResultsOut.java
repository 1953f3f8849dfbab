package io.caravan.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.flow.InFlight.Held;

/**
 * Hands settled outcomes to the results route, gathered by batch: when it closes, or when its first one has waited for the linger, so that
 * slow hosts do not hold the others back. Nobody's state depends on it: with no route there it does nothing.
 */
@Component
class ResultsOut {

    /** Blocks when full, as everything on the road does: an owner's slow copy slows the claims, it loses nothing. */
    static final String ROUTE = "seda:results?blockWhenFull=true";

    private static final Logger log = LoggerFactory.getLogger(ResultsOut.class);

    private record Gathered(Held batch, List<Result> results, long since) {
    }

    private final Map<Long, Gathered> gathering = new HashMap<>(); // the recorder's thread only
    private final InFlight inFlight;
    private final CamelContext camel;
    private final ProducerTemplate producer;
    private final Duration linger;

    ResultsOut(InFlight inFlight, CamelContext camel, ProducerTemplate producer, Sending sending) {
        this.inFlight = inFlight;
        this.camel = camel;
        this.producer = producer;
        linger = sending.linger();
    }

    void add(List<Outcome> settled) {
        for (Outcome outcome : settled) {
            Held batch = inFlight.batch(outcome.batch());
            if (batch != null) {
                gathering
                        .computeIfAbsent(outcome.batch(),
                                _ -> new Gathered(batch, new ArrayList<>(), System.nanoTime()))
                        .results()
                        .add(result(batch, outcome));
            }
        }
        flush();
    }

    void closed(Held batch) {
        Gathered gathered = gathering.remove(batch.reference.batch());
        if (gathered != null) {
            send(gathered);
        }
    }

    void flush() {
        List<Gathered> ripe = gathering.values().stream().filter(g -> System.nanoTime() - g.since() > linger.toNanos())
                .toList();
        for (Gathered gathered : ripe) {
            gathering.remove(gathered.batch().reference.batch());
            send(gathered);
        }
    }

    private void send(Gathered gathered) {
        boolean wanted = camel.getRoutes().stream()
                .anyMatch(route -> route.getEndpoint().getEndpointUri().startsWith("seda://results"));
        if (!wanted) {
            return;
        }
        try {
            producer.sendBodyAndHeader(ROUTE, gathered.results(), "workflow",
                    gathered.batch().mailing.spec().workflow());
        } catch (RuntimeException e) {
            log.warn("event=results-not-told batch={} what={}", gathered.batch().reference.batch(), e.toString());
        }
    }

    private static Result result(Held batch, Outcome outcome) {
        return new Result(batch.mailing.spec().name(), outcome.row().toString(), batch.row(outcome.row().n()).written(),
                outcome.state().word(), outcome.reason(), outcome.attempt(), outcome.host(), outcome.status(),
                outcome.reply(), outcome.at());
    }
}
