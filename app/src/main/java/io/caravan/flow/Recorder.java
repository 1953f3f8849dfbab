package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Settlements;
import io.caravan.delivery.ShortTurn;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.RowId;

/**
 * The loop that settles: takes results from all connections and steps, and writes them in bulk, 500 or what 50 ms brought. While the
 * database is away it keeps trying; the journal holds the same results meanwhile, so nothing is in doubt by it.
 */
@Component
public class Recorder {

    private static final Logger log = LoggerFactory.getLogger(Recorder.class);
    private static final int QUEUE = 5_000;
    private static final int FLUSH = 500;
    private static final Duration LINGER = Duration.ofMillis(50);
    /** Longer than the server waits for a lock before it says so (50 s). */
    private static final Duration LEAST_ANSWER = Duration.ofSeconds(60);

    record Heard(Held batch, RowId row, int attempt, DeliveryResult result, Instant at, long nanos) {
    }

    private final BlockingQueue<Heard> heard = new ArrayBlockingQueue<>(QUEUE);
    private final Outcomes outcomes;
    private final Settlements settlements;
    private final Bookings bookings;
    private final LaneMoves moves;
    private final QuotaRoom quotas;
    private final InFlight inFlight;
    private final ResultsOut results;
    private final Speed speed;
    private final SettledCounts counts;
    private final InstantSource clock;
    private final AtomicLong settledRows = new AtomicLong();
    private final TurnFaults faults = new TurnFaults(log,
            "event=recorder-fault what={} todo=the same results are tried again");
    private final TurnFaults uncounted = new TurnFaults(log,
            "event=recorder-uncounted what={} todo=restart this process: till then settled rows of it count as under way");
    private volatile long oldest; // nanoTime of the oldest result not yet settled, 0: none
    private volatile @Nullable Thread thread;
    private volatile boolean stopping;
    private int fruitless; // turns in a row that settled nothing, of the recorder's thread alone
    private Runnable wake = () -> {
    };

    Recorder(Outcomes outcomes, Settlements settlements, Bookings bookings, LaneMoves moves,
            QuotaRoom quotas, InFlight inFlight,
            ResultsOut results, Speed speed, SettledCounts counts, InstantSource clock) {
        this.outcomes = outcomes;
        this.settlements = settlements;
        this.bookings = bookings;
        this.moves = moves;
        this.quotas = quotas;
        this.inFlight = inFlight;
        this.results = results;
        this.speed = speed;
        this.counts = counts;
        this.clock = clock;
    }

    /** What a batch's closing sets off: the pump. */
    void wakes(Runnable pump) {
        wake = pump;
    }

    /** Takes a result; blocks while 5,000 are waiting, which holds back whoever brings them. */
    void take(Held batch, RowId row, int attempt, DeliveryResult result) {
        try {
            heard.put(new Heard(batch, row, attempt, result, clock.instant(), System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("event=result-not-queued row={} what=the journal has it", row);
        }
    }

    int waiting() {
        return heard.size();
    }

    /** How long the oldest unsettled result has waited. */
    Duration behind() {
        long since = oldest;
        return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
    }

    long settledRows() {
        return settledRows.get();
    }

    synchronized void start() {
        if (thread == null) {
            stopping = false;
            thread = Thread.ofPlatform().name("recorder").start(this::loop);
        }
    }

    /** Settles what is queued, then ends. */
    synchronized void stop(Duration grace) throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            stopping = true;
            if (!running.join(grace)) {
                running.interrupt(); // the database is away: the journal has what is not settled
                log.warn("event=recorder-cut-off waiting={}", heard.size());
            }
            thread = null;
        }
    }

    private void loop() {
        List<Heard> some = new ArrayList<>(FLUSH);
        while (!(stopping && heard.isEmpty() && some.isEmpty()) && !Thread.currentThread().isInterrupted()) {
            try {
                gather(some);
                if (!some.isEmpty()) {
                    oldest = some.getFirst().nanos();
                    settleSoon(some);
                }
                fruitless = 0;
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) { // else one turn without memory ends the settling of this node for good
                fruitless++;
                faults.tell(e);
                pause();
                continue; // what could not be settled stays in `some`
            }
            some.clear();
            oldest = 0;
        }
    }

    private void gather(List<Heard> some) throws InterruptedException {
        if (!some.isEmpty()) {
            return; // still from the last time
        }
        Heard first = heard.poll(LINGER.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            results.flush();
            return;
        }
        some.add(first);
        long until = first.nanos() + LINGER.toNanos();
        heard.drainTo(some, FLUSH - some.size());
        while (some.size() < FLUSH && System.nanoTime() < until && !stopping) {
            Heard next = heard.poll(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (next != null) {
                some.add(next);
                heard.drainTo(some, FLUSH - some.size());
            }
        }
    }

    /** Results of 500 rows are written in a moment; a server that needs longer gets more time with each turn, or would never be done. */
    private void settleSoon(List<Heard> some) {
        ShortTurn.within(LEAST_ANSWER.multipliedBy(1L << Math.min(fruitless, 3)), () -> {
            settle(some);
            return some;
        });
    }

    private void settle(List<Heard> some) {
        List<Outcome> settling = new ArrayList<>(some.size());
        Map<Held, List<Integer>> untried = new HashMap<>();
        for (Heard one : some) {
            Outcome outcome = outcomes.of(one);
            if (outcome == null) {
                untried.computeIfAbsent(one.batch(), _ -> new ArrayList<>()).add(one.row().n());
            } else {
                settling.add(outcome);
            }
        }
        // first what may be done twice: if the settling fails, all of this is tried again
        untried.forEach(moves::giveBack);
        BatchReference any = some.getFirst().batch().reference;
        List<Outcome> ended = settlements.settle(any.node(), any.epoch(), settling, settled -> {
            bookings.of(settled, rowsOf(some));
            quotas.giveBackUnoffered(settled, some);
        });
        once(() -> {
            counts.add(ended);
            settledRows.addAndGet(some.size());
            left(some, settling);
        });
    }

    /** What leaves its batch twice closes it before its last result, and the journal forgets a batch that is closed. */
    private void once(Runnable leaving) {
        try {
            leaving.run();
        } catch (RuntimeException | Error e) {
            uncounted.tell(e);
        }
    }

    private static Function<Outcome, Planned> rowsOf(List<Heard> some) {
        Map<RowId, Planned> rows = new HashMap<>();
        some.forEach(one -> rows.put(one.row(), one.batch().row(one.row().n())));
        return outcome -> Objects.requireNonNull(rows.get(outcome.row()));
    }

    private void byLane(List<Outcome> settled) {
        Map<Long, Map<Integer, Integer>> runs = new HashMap<>();
        settled.forEach(outcome -> runs.computeIfAbsent(outcome.row().run(), _ -> new HashMap<>())
                .merge(outcome.lane(), 1, Integer::sum));
        runs.forEach((run, lanes) -> lanes.forEach((lane, n) -> speed.settled(run, lane, n)));
    }

    private void left(List<Heard> some, List<Outcome> settled) {
        Map<Held, List<Integer>> byBatch = new HashMap<>();
        some.forEach(one -> byBatch.computeIfAbsent(one.batch(), _ -> new ArrayList<>()).add(one.row().n()));
        byLane(settled);
        results.add(settled);
        byBatch.forEach((batch, rows) -> {
            speed.settled(batch.reference.run(), rows.size());
            if (inFlight.left(batch, rows)) {
                results.closed(batch);
            }
        });
        wake.run();
    }

    private static void pause() {
        try {
            Thread.sleep(250);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
