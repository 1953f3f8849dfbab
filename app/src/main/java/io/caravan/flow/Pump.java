package io.caravan.flow;

import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
import io.caravan.flow.ClaimGroups.Group;
import io.caravan.mail.Rate;
import io.caravan.pacing.Grant;
import io.caravan.pacing.Limit;
import io.caravan.pacing.Rates;
import io.caravan.shaping.BackPressure;

/**
 * The loop that claims: at each pulse, and when a batch closes, it takes what rates, room on the road and the node's state permit. Nothing ever
 * waits here: what is not permitted now is asked for at the next pulse, and why it waits is told to the ledger.
 */
@Component
public class Pump implements RouteSet.PumpSwitch {

    private static final Logger log = LoggerFactory.getLogger(Pump.class);

    private final Runs runs;
    private final Claims claims;
    private final Rates rates;
    private final ClaimGroups groups;
    private final Preparations preparations;
    private final Sending sending;
    private final InFlight inFlight;
    private final Holds holds;
    private final RelayRoom relayRoom;
    private final Recorder recorder;
    private final NodeLife node;
    private final Strays strays;
    private final LaneLimits laneLimits;
    private final BackPressure backPressure;
    private volatile boolean paused;
    private volatile boolean stopping;
    private @Nullable String lastHeld;
    private int turn;
    private Runnable again = () -> {
    };

    Pump(Runs runs, Claims claims, Rates rates, ClaimGroups groups, Preparations preparations, Sending sending,
            InFlight inFlight, Holds holds, RelayRoom relayRoom,
            Recorder recorder, NodeLife node, Strays strays, LaneLimits laneLimits,
            ProducerTemplate producer) {
        this.runs = runs;
        this.claims = claims;
        this.rates = rates;
        this.groups = groups;
        this.preparations = preparations;
        this.sending = sending;
        this.inFlight = inFlight;
        this.holds = holds;
        this.relayRoom = relayRoom;
        this.recorder = recorder;
        this.node = node;
        this.strays = strays;
        this.laneLimits = laneLimits;
        backPressure = BackPressure.standard(sending.memory());
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
    public synchronized List<BatchReference> claim() {
        List<BatchReference> claimed = new ArrayList<>();
        if (paused || stopping || !node.isRunning()) {
            return claimed;
        }
        String held = held();
        if (held == null) {
            strays.giveBack(node.node());
        }
        List<Run> open = new ArrayList<>(runs.running());
        if (!open.isEmpty()) {
            Collections.rotate(open, -(turn++ % open.size()));
        }
        for (Run run : open) {
            try {
                claim(run, held, claimed);
            } catch (RuntimeException fault) { // what was claimed before it goes its way all the same
                log.warn("event=claim-failed run={} what={}", run.id(), fault.toString());
                break;
            }
        }
        if (!claimed.isEmpty()) {
            again.run(); // until nothing more may go: else the road fills a batch at a time, as the first ones are settled
        }
        return claimed;
    }

    private void claim(Run run, @Nullable String nodeHeld, List<BatchReference> claimed) {
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
        for (Group group : groups.of(run, mailing, waiting)) {
            claim(run, mailing, group).ifPresent(claimed::add);
        }
    }

    private Optional<BatchReference> claim(Run run, Prepared mailing, Group group) {
        long room = groups.room(group);
        if (room <= 0) {
            return Optional.empty();
        }
        long open = relayRoom.of(group.route());
        if (open == 0) {
            hold(run, group, "down", RelayRoom.down(group.route()));
            return Optional.empty();
        }
        List<Limit> common = common(run, mailing, group.route());
        Grant grant = rates.take(common, Math.min(Math.min(room, open), group.rows()));
        if (grant.permits() == 0) {
            group.lanes().forEach(lane -> tell(run, mailing, group, lane, grant.tightest()));
            return Optional.empty();
        }
        Map<Integer, Integer> permits = new TreeMap<>();
        long left = grant.permits();
        for (Waiting lane : group.lanes()) {
            long may = permits(run, mailing, group, lane, left, grant.tightest());
            if (may > 0) {
                permits.put(lane.lane(), (int) may);
                left -= may;
            }
        }
        Optional<BatchReference> batch = claims.claim(run.id(), node.node().id(), node.node().epoch(), permits);
        batch.ifPresent(reference -> inFlight.claimed(reference, group.road()));
        int taken = batch.map(BatchReference::size).orElse(0);
        rates.giveBack(common, grant.permits() - taken);
        return batch;
    }

    private void hold(Run run, Group group, String kind, String why) {
        group.lanes().forEach(lane -> holds.tell(run.id(), lane.lane(), kind, why));
    }

    /** What a lane's own rate lets go of what the others left. The rest of the lane waits for the limit that cut it. */
    private long permits(Run run, Prepared mailing, Group group, Waiting lane, long left, @Nullable Limit common) {
        long wanted = Math.min(left, lane.rows());
        Grant own = rates.take(laneLimits.of(lane.lane(), group.route(), mailing.identity().name(),
                groups.provider(lane.lane())), wanted);
        tell(run, mailing, group, lane,
                own.permits() == lane.rows() ? null : own.tightest() != null ? own.tightest() : common);
        return own.permits();
    }

    /** Says which rate holds a lane, by a name that its owner knows: campaigns and lanes have numbers in their scopes. */
    private void tell(Run run, Prepared mailing, Group group, Waiting lane, @Nullable Limit limit) {
        if (group.trial()) {
            return; // what holds the rest of it has been told
        }
        if (limit == null) {
            holds.tell(run.id(), lane.lane(), null, null);
            return;
        }
        String scope = limit.scope();
        String of = laneLimits.why(lane.lane(), limit, mailing.identity().name(), groups.provider(lane.lane()));
        if (of != null) {
            holds.tell(run.id(), lane.lane(), of, of);
            return;
        }
        String known = scope.startsWith("campaign:")
                ? "campaign:" + mailing.spec().name()
                : scope.startsWith("lane:") ? "provider:" + groups.provider(lane.lane()) : scope;
        holds.tell(run.id(), lane.lane(), scope, "paced: " + known + " " + limit.rate());
    }

    private List<Limit> common(Run run, Prepared mailing, String route) {
        List<Limit> limits = new ArrayList<>();
        add(limits, "overall", sending.overall());
        add(limits, "campaign:" + run.campaign(), mailing.spec().rate());
        add(limits, "identity:" + mailing.identity().name(), mailing.identity().rate());
        Sending.relays(route).stream().findFirst()
                .ifPresent(relay -> add(limits, "relay:" + relay, sending.relayRates().get(relay)));
        return limits;
    }

    private static void add(List<Limit> limits, String scope, @Nullable Rate rate) {
        if (rate != null) {
            limits.add(new Limit(scope, rate));
        }
    }

    /** What holds this node as a whole at this moment; empty: nothing does. Asks nobody: it answers also when the database does not. */
    Optional<String> holding() {
        return holding(inFlight.bytes().get());
    }

    /** The same without mail that only waits for connections: that is work under way, and ends by itself. */
    Optional<String> failing() {
        return holding(0);
    }

    private Optional<String> holding(long renderedBytes) {
        if (!node.isRunning()) {
            return Optional.empty();
        }
        String broken = node.journalBroken();
        if (broken != null) {
            return Optional.of("the journal cannot be written: " + broken);
        }
        return node.feedFresh()
                ? backPressure
                        .holds(new BackPressure.Readings(recorder.behind(), recorder.waiting(), node.journalBytes(),
                                freeDisk(), renderedBytes, node.skew(), node.leaseFresh()))
                : Optional.of("the suppression feed is not fresh: the database does not answer");
    }

    /** Said once in the log when it changes. */
    private @Nullable String held() {
        String held = holding().orElse(null);
        String kind = held == null ? null : held.replaceAll("[\\d.]+", "N");
        if (kind != null && !kind.equals(lastHeld)) {
            log.warn("event=claims-held what=\"{}\"", held);
        } else if (kind == null && lastHeld != null) {
            log.info("event=claims-go-on");
        }
        lastHeld = kind;
        return held;
    }

    private long freeDisk() {
        File data = node.settings().data().toFile();
        return data.getUsableSpace();
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
