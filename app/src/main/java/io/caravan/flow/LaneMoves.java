package io.caravan.flow;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Returns;
import io.caravan.delivery.RunLanes;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.Finished;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.WarmUps;
import io.caravan.transport.ProviderCheck;

/**
 * Rows whose domain has another provider now than when they were planned: they go back untried, into that provider's lane, so that its rate
 * and its breaker count for them.
 */
@Component
class LaneMoves implements ProviderCheck {

    private static final Logger log = LoggerFactory.getLogger(LaneMoves.class);
    private static final int REMEMBERED = 100_000;
    private static final int RUNS = 50;

    private final Sending sending;
    private final InFlight inFlight;
    private final Lanes lanes;
    private final RunLanes runLanes;
    private final Returns returns;
    private final QuotaRoom quotas;
    private final WarmUps warmUps;
    private final Map<Integer, String> names = new ConcurrentHashMap<>();
    private final Map<Long, Set<String>> ofRuns = new ConcurrentHashMap<>();
    /** Each row moves once: a domain whose answers change from one look-up to the next would never be mailed. */
    private final Set<RowId> moved = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RowId, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });

    LaneMoves(Sending sending, InFlight inFlight, Lanes lanes, RunLanes runLanes, Returns returns,
            QuotaRoom quotas, WarmUps warmUps) {
        this.sending = sending;
        this.inFlight = inFlight;
        this.lanes = lanes;
        this.runLanes = runLanes;
        this.returns = returns;
        this.quotas = quotas;
        this.warmUps = warmUps;
    }

    @Override
    public @Nullable String objection(Finished mail, String provider) {
        Held held = inFlight.batch(mail.batch().value());
        if (held == null) {
            return null; // a test, which is in no lane
        }
        try {
            String is = names.computeIfAbsent(held.row(mail.row().n()).lane(), lanes::provider);
            String right = sending.laneName(mail.envelope().recipient().domain(), provider);
            if (right.equals(is) || is.equals(Lanes.TAIL) && !hasLane(held, right)
                    || !isFirst(mail.row())) {
                return null;
            }
            held.moves(mail.row().n(), right);
            return "its domain is of " + right + " now: it goes to that lane";
        } catch (DataAccessException e) { // it goes from where it is, if it may go at all while the database is away
            log.debug("event=lane-not-known row={} what={}", mail.row(), e.toString());
            return null;
        }
    }

    private boolean isFirst(RowId row) {
        synchronized (moved) {
            return moved.add(row);
        }
    }

    /** Small providers have none, and their people are right in the tail. */
    private boolean hasLane(Held held, String name) {
        return sending.isNamed(name) || warmUps.names(held.mailing.identity().name(), name)
                || ofRun(held.reference.run()).contains(name);
    }

    private Set<String> ofRun(long run) {
        Set<String> known = ofRuns.get(run);
        if (known == null) {
            known = ConcurrentHashMap.newKeySet();
            known.addAll(lanes.providers(runLanes.ids(new RunId(run))).values());
            if (ofRuns.size() >= RUNS) {
                ofRuns.clear();
            }
            ofRuns.put(run, known);
        }
        return known;
    }

    /**
     * Gives rows of a batch back untried, those that are to move into their new lanes. What really went back is of its day's quota again; when
     * this is done a second time nothing is, nor after a crash in between.
     */
    void giveBack(Held held, List<Integer> rows) {
        int back = returned(held, rows);
        QuotaRoom.Taken quota = held.quota();
        if (quota != null) {
            quotas.giveBack(quota, back);
        }
    }

    private int returned(Held held, List<Integer> rows) {
        Map<Integer, String> going = held.movesAmong(rows);
        if (going.isEmpty()) {
            return returns.giveBack(held.reference, rows);
        }
        Map<String, Integer> ids = lanes.ids(held.mailing.identity().name(), Set.copyOf(going.values()));
        Map<Integer, Integer> to = new HashMap<>();
        going.forEach((n, name) -> to.put(n, ids.getOrDefault(name, held.row(n).lane())));
        int back = returns.giveBack(held.reference, rows, to);
        ofRun(held.reference.run()).addAll(going.values());
        log.info("event=rows-moved run={} rows={} lanes={}", held.reference.run(), going.size(), ids.keySet());
        return back;
    }
}
