package io.caravan.suppression;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import io.caravan.suppression.Suppression.Added;

/**
 * This node's copy of what was suppressed lately, asked just before DATA without a statement.
 *
 * <p>Every 500 ms it reads what was added or removed in the last ten seconds (and in any gap since its last success): ids may commit out
 * of order, so "what came after the last id" would miss some. Every tenth second it looks two minutes back, for writers that had waited on
 * a lock. This node's own writes are in it at once. It outlives an outage of the database and says so by {@link #fresh()}.
 *
 * <p>The monotonic clock stands still while a machine sleeps. So the wall clock is asked too whether it is fresh, and it looks back as far as
 * its last look lies by the database's clock.
 */
@Component
public class Feed implements SmartLifecycle {

    private static final long PULSE_MILLIS = 500;
    static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration LOOK_BACK = Duration.ofSeconds(10);
    private static final Duration FAR_LOOK_BACK = Duration.ofMinutes(2);
    private static final int FAR_EVERY = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    /** The database's clock on both sides of the comparison, so the nodes' clocks do not matter. */
    private static final String RECENT = """
            select id, address, scope, expires_at, 1 as present from suppression
             where changed_at >= least(now(6) - interval :gap microsecond, cast(:looked as datetime(6))) - interval :back microsecond
            union all
            select id, address, scope, null, 0 from suppression_removed
             where removed_at >= least(now(6) - interval :gap microsecond, cast(:looked as datetime(6))) - interval :back microsecond
            union all
            select 0, '', '', now(6), 2
            """;
    /** Of {@code present}: when this was read. */
    private static final int READ_AT = 2;
    private static final LocalDateTime NEVER = LocalDateTime.of(9999, 1, 1, 0, 0);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Recent recent;
    private long polls;
    private volatile boolean polledOnce;
    private volatile long lastStarted;
    private volatile long lastStartedMillis;
    private LocalDateTime looked = NEVER;
    private volatile @Nullable Thread thread;

    @Autowired
    public Feed(@Qualifier("urgent") JdbcClient jdbc, Clock clock) {
        this(jdbc, clock, System::nanoTime, Recent.BOUND);
    }

    Feed(JdbcClient jdbc, Clock clock, LongSupplier nanos, int bound) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.nanos = nanos;
        recent = new Recent(nanos, bound);
    }

    /**
     * Why this mail must not go, or null if nothing that came in lately speaks against it.
     *
     * @param list {@code ""} for none
     * @return {@code suppression:ID}
     */
    public @Nullable String suppressed(String canonicalAddress, String identity, String list) {
        Long id = recent.find(canonicalAddress, identity, list, clock.instant());
        return id == null ? null : "suppression:" + id;
    }

    /** True while the last successful poll began less than two seconds ago: only then may a DATA be started. */
    public boolean fresh() {
        return polledOnce && nanos.getAsLong() - lastStarted < FRESH.toNanos()
                && clock.millis() - lastStartedMillis < FRESH.toMillis();
    }

    /**
     * True if the feed is fresh and lacks nothing that was suppressed since a check of the whole ledger at that moment
     * ({@code Cleared.checkedAtNanos}). False: ask the ledger again.
     */
    public boolean covers(long checkedAtNanos) {
        return fresh() && recent.reaches(checkedAtNanos);
    }

    void hear(Added added) {
        recent.put(added);
    }

    void forget(long id) {
        recent.remove(id);
    }

    /** One look at the ledger. Throws what the database throws. */
    void poll() {
        long started = nanos.getAsLong();
        long startedMillis = clock.millis();
        LocalDateTime[] now = {looked};
        Duration gap = polledOnce ? Duration.ofNanos(started - lastStarted) : Recent.KEPT;
        Duration back = LOOK_BACK.plus(polls % FAR_EVERY == 0 ? FAR_LOOK_BACK : Duration.ZERO);
        jdbc.sql(RECENT).param("gap", gap.toNanos() / 1000).param("looked", looked)
                .param("back", back.toNanos() / 1000).query(row -> {
                    switch (row.getInt("present")) {
                        case 1 -> recent.put(Rows.added(row));
                        case READ_AT -> now[0] = row.getObject("expires_at", LocalDateTime.class);
                        default -> recent.remove(row.getLong("id"));
                    }
                });
        polls++;
        looked = now[0];
        lastStarted = started;
        lastStartedMillis = startedMillis;
        polledOnce = true;
        recent.prune();
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            Thread loop = Thread.ofPlatform().name("suppression-feed").daemon().unstarted(this::loop);
            thread = loop; // before it starts: it runs only while it is this one
            loop.start();
        }
    }

    @Override
    public synchronized void stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    /** Starts before what sends and stops after it. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void loop() {
        boolean failing = false;
        while (thread == Thread.currentThread()) {
            long began = System.nanoTime();
            try {
                poll();
                if (failing) {
                    LOG.info("suppression feed reads the ledger again");
                }
                failing = false;
            } catch (RuntimeException | Error e) { // else one turn without memory ends the sending of this node for good
                if (!failing && thread == Thread.currentThread()) {
                    tell(e);
                }
                failing = true;
            }
            try {
                Thread.sleep(Math.max(0, PULSE_MILLIS - (System.nanoTime() - began) / 1_000_000));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void tell(Throwable fault) {
        try {
            LOG.warn("suppression feed cannot read the ledger; nothing is sent until it can: {}", fault.getMessage());
        } catch (Error e) { // no memory for a line either
            return;
        }
    }

    int size() {
        return recent.size();
    }

    /** When the entries known here were last read, for the health page; null: never. */
    public @Nullable Instant lastRead() {
        return polledOnce ? clock.instant().minusNanos(nanos.getAsLong() - lastStarted) : null;
    }
}
