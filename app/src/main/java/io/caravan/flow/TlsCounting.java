package io.caravan.flow;

import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.caravan.pacing.StsPolicies;
import io.caravan.pacing.TlsResults;
import io.caravan.transport.TlsLog;

/** Counts how TLS went, in memory, and adds it to the database every ten seconds. A crash loses ten seconds of statistics. */
@Component
class TlsCounting implements TlsLog, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(TlsCounting.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int MOST = 100_000; // different ones in ten seconds: beyond that the database does not take them
    private static final Duration KEPT = Duration.ofDays(30);

    private final TlsResults results;
    private final StsPolicies policies;
    private final InstantSource clock;
    private final Map<TlsResults.Key, Long> counts = new ConcurrentHashMap<>();
    private final Map<TlsResults.PolicyOf, String> applied = new ConcurrentHashMap<>();
    private final Map<TlsResults.PolicyOf, String> kept = new HashMap<>();
    private final Rounds rounds = new Rounds("tls-results", this::flush);
    private @Nullable LocalDate swept;

    TlsCounting(TlsResults results, StsPolicies policies, InstantSource clock) {
        this.results = results;
        this.policies = policies;
        this.clock = clock;
    }

    @Override
    public void session(Entry entry, Seen seen) {
        LocalDate today = today();
        TlsResults.Key key = new TlsResults.Key(today, entry.domain(), entry.policy().word(), entry.host(),
                entry.result().word());
        if (!key.isSuccess()) { // whose addresses nobody asks for: a line less for each
            key = new TlsResults.Key(today, entry.domain(), key.policy(), entry.host(), key.result(), seen.from(),
                    seen.to());
        }
        if (!seen.policy().isEmpty() && applied.size() < MOST) {
            applied.put(new TlsResults.PolicyOf(today, entry.domain(), key.policy(),
                    entry.policy() == Policy.TLSA ? entry.host() : ""), seen.policy());
        }
        if (counts.size() < MOST || counts.containsKey(key)) {
            counts.merge(key, 1L, Long::sum);
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** What was counted since the last time. What the database does not take is counted again. */
    synchronized void flush() {
        Map<TlsResults.Key, Long> taken = new HashMap<>();
        counts.keySet().forEach(key -> {
            Long n = counts.remove(key);
            if (n != null) {
                taken.put(key, n);
            }
        });
        try {
            results.add(taken);
            taken.clear();
            keepPolicies();
            sweep();
        } catch (RuntimeException e) {
            taken.forEach((key, n) -> counts.merge(key, n, Long::sum));
            log.warn("event=tls-results-not-kept what={}", e.toString());
        }
    }

    /** What is new: a policy changes seldom, and is seen with each connection. */
    private void keepPolicies() {
        Map<TlsResults.PolicyOf, String> fresh = new HashMap<>(applied);
        fresh.entrySet().removeIf(one -> one.getValue().equals(kept.get(one.getKey())));
        results.keep(fresh);
        kept.putAll(fresh);
    }

    private void sweep() {
        LocalDate today = today();
        if (!today.equals(swept)) {
            applied.keySet().removeIf(one -> one.day().isBefore(today));
            kept.keySet().removeIf(one -> one.day().isBefore(today));
            results.removeBefore(today.minusDays(KEPT.toDays()));
            policies.removeExpired(clock.instant());
            swept = today;
        }
    }

    @Override
    public void start() {
        rounds.begin(EVERY, EVERY);
    }

    @Override
    public void stop() {
        if (rounds.going()) {
            rounds.end(EVERY);
            flush();
        }
    }

    @Override
    public boolean isRunning() {
        return rounds.going();
    }

    /** Before the node's life, so that it stops after it. */
    @Override
    public int getPhase() {
        return 900;
    }
}
