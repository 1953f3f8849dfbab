package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

import io.caravan.pacing.DomainProviders;
import io.caravan.pacing.DomainProviders.DomainProvider;
import io.caravan.transport.MxRouting;

/** Finds the providers of a run's domains, many at once and with a deadline; what it finds is kept, so that the next run asks little. */
@Component
class DomainLookUp {

    private static final Logger log = LoggerFactory.getLogger(DomainLookUp.class);
    private static final int AT_ONCE = 100;
    static final Duration LONGEST = Duration.ofSeconds(20);
    /** Who runs a domain's mail changes rarely, and the delivery itself asks the DNS; a dead domain may be mended any day. */
    private static final Duration HOLDS = Duration.ofDays(7);
    private static final Duration DEAD_HOLDS = Duration.ofHours(1);

    private final DomainProviders ledger;
    private final MxRouting routing;
    private final InstantSource clock;
    private final Duration longest;

    @Autowired
    DomainLookUp(DomainProviders ledger, MxRouting routing, InstantSource clock) {
        this(ledger, routing, clock, LONGEST);
    }

    /** @param longest then the run begins all the same, with what is known */
    DomainLookUp(DomainProviders ledger, MxRouting routing, InstantSource clock, Duration longest) {
        this.longest = longest;
        this.ledger = ledger;
        this.routing = routing;
        this.clock = clock;
    }

    /** What is known of these domains in the end; those that nobody could tell are missing. */
    Map<String, DomainProvider> of(Collection<String> domains) {
        Instant now = clock.instant();
        Map<String, DomainProvider> known = new HashMap<>(ledger.known(domains, now));
        List<String> unknown = domains.stream().filter(domain -> !known.containsKey(domain)).toList();
        if (!unknown.isEmpty()) {
            long began = System.nanoTime();
            List<DomainProvider> found = lookUp(unknown, now);
            ledger.keep(found);
            found.forEach(one -> known.put(one.domain(), one));
            log.info("event=domains-looked-up asked={} found={} ms={}", unknown.size(), found.size(),
                    (System.nanoTime() - began) / 1_000_000);
        }
        return known;
    }

    private List<DomainProvider> lookUp(List<String> domains, Instant now) {
        Queue<String> left = new ConcurrentLinkedQueue<>(domains);
        Queue<DomainProvider> found = new ConcurrentLinkedQueue<>();
        int hands = Math.min(AT_ONCE, domains.size());
        CountDownLatch done = new CountDownLatch(hands);
        long until = System.nanoTime() + longest.toNanos();
        for (int i = 0; i < hands; i++) {
            Thread.ofVirtual().name("domain-look-up").start(() -> {
                try {
                    for (String domain = left.poll(); domain != null
                            && System.nanoTime() - until < 0; domain = left.poll()) {
                        lookUp(domain, now, found);
                    }
                } catch (RuntimeException e) {
                    log.error("event=domain-look-up-failed what={}", e.toString(), e);
                } finally {
                    done.countDown();
                }
            });
        }
        try {
            if (!done.await(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                log.info("event=domains-not-all-known what=the DNS is slow; the run begins without");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new ArrayList<>(found);
    }

    private void lookUp(String domain, Instant now, Queue<DomainProvider> found) {
        switch (routing.of(domain)) {
            case MxRouting.To to -> found.add(new DomainProvider(domain, to.destination().provider().name(),
                    to.destination().hosts().getFirst().host(), "", now, now.plus(HOLDS)));
            case MxRouting.Dead dead -> found.add(new DomainProvider(domain, domain, "",
                    dead.result().reply(), now, now.plus(DEAD_HOLDS)));
            case MxRouting.Unknown _ -> {
                // it stays in the lane of its own name; the delivery finds out
            }
        }
    }
}
