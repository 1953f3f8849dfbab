package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Claims;
import io.caravan.delivery.Claims.Waiting;
import io.caravan.delivery.QueueHold;
import io.caravan.delivery.Restraint;
import io.caravan.delivery.ShortTurn;
import io.caravan.flow.ClaimGroups.Group;
import io.caravan.flow.HandHolds.Orders;

/**
 * The loop that claims: at each pulse, and when a batch closes, it takes what rates, room on the road and the node's state permit. Nothing ever
 * waits here: what is not permitted now is asked for at the next pulse, and why it waits is told to the ledger.
 */
@Component
public class Pump implements RouteSet.PumpSwitch {

    private static final Logger log = LoggerFactory.getLogger(Pump.class);
    /** A claim that the server made all the same is a stray, and is given back. */
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private final Runs runs;
    private final Claims claims;
    private final ClaimGroups groups;
    private final Preparations preparations;
    private final InFlight inFlight;
    private final Holds holds;
    private final HandHolds handHolds;
    private final NodeLife node;
    private final NodeHold hold;
    private final PacedClaim paced;
    private final Strays strays;
    private final Seam seam;
    private volatile boolean paused;
    private volatile boolean stopping;
    private int turn;
    private Runnable again = () -> {
    };

    Pump(Runs runs, Claims claims, ClaimGroups groups, Preparations preparations, InFlight inFlight, Holds holds,
            HandHolds handHolds, Recorder recorder, NodeLife node, NodeHold hold, Strays strays, PacedClaim paced,
            Seam seam, ProducerTemplate producer) {
        this.runs = runs;
        this.claims = claims;
        this.groups = groups;
        this.preparations = preparations;
        this.inFlight = inFlight;
        this.holds = holds;
        this.handHolds = handHolds;
        this.node = node;
        this.hold = hold;
        this.paced = paced;
        this.strays = strays;
        this.seam = seam;
        again = () -> wake(producer);
        recorder.wakes(again);
    }

    /** Asks for a round soon. A wake-up that is lost costs a quarter of a second. */
    private void wake(ProducerTemplate producer) {
        if (!stopping) {
            try {
                producer.sendBody(RoutePulse.WAKE, "");
            } catch (RuntimeException e) {
                log.debug("event=wake-up-lost what={}", e.toString());
            }
        }
    }

    /** One round: a batch of each run and route that may go, runs taking turns. */
    public List<BatchReference> claim() {
        return ShortTurn.within(ANSWER, this::round);
    }

    private synchronized List<BatchReference> round() {
        List<BatchReference> claimed = new ArrayList<>();
        if (paused || stopping || !node.isRunning()) {
            return claimed;
        }
        seam.handed();
        if (hold.here().isEmpty()) {
            strays.giveBack(node.node());
        }
        if (!seam.claims()) {
            return claimed;
        }
        boolean trial = seam.trialDue();
        String held = trial ? hold.here().orElse(null) : hold.told();
        List<Run> open = new ArrayList<>(runs.running());
        if (!open.isEmpty()) {
            Collections.rotate(open, -(turn++ % open.size()));
        }
        Orders orders = open.isEmpty() ? new Orders(Set.of(), List.of(), Map.of()) : handHolds.read();
        Map<Integer, Long> staying = new HashMap<>();
        for (Run run : open) {
            try {
                claim(run, held, orders, staying, claimed);
            } catch (RuntimeException fault) { // what was claimed before it goes its way all the same
                log.warn("event=claim-failed run={} what={}", run.id(), fault.toString());
                break;
            }
            if (trial && !claimed.isEmpty()) {
                break; // enough to find out whether the broker is back
            }
        }
        if (trial && held == null && claimed.isEmpty()) {
            seam.forget();
        }
        seam.hands(claimed.size());
        if (seam.isLocal() && !claimed.isEmpty()) {
            again.run(); // until nothing more may go: else the road fills a batch at a time, as the first ones are settled
        }
        return claimed;
    }

    private void claim(Run run, @Nullable String nodeHeld, Orders orders, Map<Integer, Long> staying,
            List<BatchReference> claimed) {
        List<Waiting> waiting = claims.waiting(run.id());
        if (waiting.isEmpty()) {
            return;
        }
        String held = nodeHeld != null ? nodeHeld : holds.run(run.id().value());
        if (held != null) {
            waiting.forEach(lane -> holds.tell(run.id(), lane.lane(), held, held));
            return;
        }
        Prepared mailing;
        try {
            mailing = preparations.of(run.id());
        } catch (RuntimeException fault) {
            waiting.forEach(lane -> holds.tell(run.id(), lane.lane(), "unprepared",
                    "its version cannot be used: " + fault.getMessage()));
            return;
        }
        Restraint restraint = orders.restraint(run.id().value(), mailing.identity().name());
        for (Group group : groups.of(run, mailing, free(run, mailing, waiting, orders), staying)) {
            paced.claim(run, mailing, group, restraint).ifPresent(claimed::add);
        }
    }

    /** Lanes that nobody holds by hand; the others say so. */
    private List<Waiting> free(Run run, Prepared mailing, List<Waiting> waiting, Orders orders) {
        return waiting.stream().filter(lane -> {
            QueueHold byHand = orders.of(run.id().value(), mailing.identity().name(), groups.provider(lane.lane()));
            if (byHand != null) {
                holds.tell(run.id(), lane.lane(), "hand:" + byHand.id(), byHand.reason());
            }
            return byHand == null;
        }).toList();
    }

    /** Why this node is to take on nothing; empty: it may. */
    Optional<String> busy() {
        return paused || stopping
                ? Optional.of("it is stopping, or its routes are being reloaded")
                : hold.here();
    }

    boolean isStopping() {
        return stopping;
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public boolean awaitQuiet(Duration longest) {
        Instant until = Instant.now().plus(longest);
        while (inFlight.openBatches() > 0 && Instant.now().isBefore(until)) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return inFlight.openBatches() == 0;
    }

    @Override
    public void resume() {
        paused = false;
    }

    @EventListener(ContextClosedEvent.class)
    void stop() {
        stopping = true;
    }
}
