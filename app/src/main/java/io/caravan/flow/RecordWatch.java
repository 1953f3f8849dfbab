package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

import io.caravan.identity.DkimKey;
import io.caravan.identity.DkimKeys;
import io.caravan.identity.KeyState;

/**
 * What the DNS has of the keys that sign, and of those that sign what is tried again: a record that was there at the activation may be taken
 * out or changed later. It is looked at when somebody asks how things stand (health, the identity's page), never because a mail is sent, and beside those who ask: they hear what was
 * found last, and wait a second at most for the first look.
 */
@Component
public class RecordWatch {

    /** A record that is right is looked at again after that; one that is not, or of which nobody knows, sooner. */
    static final Duration KEPT = Duration.ofMinutes(10);
    static final Duration DOUBTED = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(RecordWatch.class);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int AT_ONCE = 8;

    /**
     * A key that signs, and its record.
     *
     * @param again it signs only what is tried again, since another took its place
     */
    public record Look(String domain, String selector, String algorithm, boolean again, RecordFound found) {
    }

    private record Last(RecordFound found, Instant at) {

        boolean isOver(Instant now) {
            Duration kept = found instanceof RecordFound.Right ? KEPT : DOUBTED;
            return now.isBefore(at) || !now.isBefore(at.plus(kept)); // before: the clock was set back
        }
    }

    private final DkimKeys keys;
    private final RecordCheck check;
    private final DkimSettings settings;
    private final InstantSource clock;
    private final Duration longest;
    private final Map<Long, Last> known = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Boolean>> asked = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE);

    @Autowired
    RecordWatch(DkimKeys keys, RecordCheck check, DkimSettings settings, InstantSource clock) {
        this(keys, check, settings, clock, LONGEST);
    }

    /** @param longest that somebody waits who asks for what was never looked at */
    RecordWatch(DkimKeys keys, RecordCheck check, DkimSettings settings, InstantSource clock, Duration longest) {
        this.keys = keys;
        this.check = check;
        this.settings = settings;
        this.clock = clock;
        this.longest = longest;
    }

    /** Every key that signs, by domain; those that sign only what is tried again come last. */
    Map<String, List<Look>> all() {
        List<DkimKey> all = keys.all();
        known.keySet().retainAll(all.stream().map(DkimKey::id).collect(Collectors.toSet()));
        return looks(all).stream().collect(Collectors.groupingBy(Look::domain));
    }

    /** The keys that sign for a domain, in the same order. */
    public List<Look> of(String domain) {
        return looks(keys.of(domain));
    }

    private List<Look> looks(List<DkimKey> all) {
        Instant today = keys.databaseNow();
        List<DkimKey> signing = all.stream().filter(key -> key.isInUse(today, settings.tried()))
                .sorted(Comparator.comparing(key -> key.state(today))).toList();
        Instant now = clock.instant();
        List<CompletableFuture<Boolean>> first = new ArrayList<>();
        for (DkimKey key : signing) {
            Last last = known.get(key.id());
            if (last == null || last.isOver(now)) {
                CompletableFuture<Boolean> answer = ask(key);
                if (last == null) {
                    first.add(answer);
                }
            }
        }
        CompletableFuture.allOf(first.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS).join();
        return signing.stream().map(key -> new Look(key.domain(), key.selector(), key.algorithm(),
                key.state(today) == KeyState.REPLACED, found(key))).toList();
    }

    private RecordFound found(DkimKey key) {
        Last last = known.get(key.id());
        return last == null
                ? new RecordFound.Unknown("the DNS has not answered yet for the TXT record at " + key.name())
                : last.found();
    }

    /** One question a key at a time, however many wait for it. */
    private CompletableFuture<Boolean> ask(DkimKey key) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> before = asked.putIfAbsent(key.id(), mine);
        if (before != null) {
            return before;
        }
        Thread.ofVirtual().name("dkim-record").start(() -> {
            places.acquireUninterruptibly();
            try {
                keep(key, check.of(key));
            } catch (RuntimeException fault) { // else its record would never be looked at again
                keep(key, new RecordFound.Unknown("the TXT record at " + key.name() + " could not be read: " + fault));
            } finally {
                places.release();
                asked.remove(key.id());
                mine.complete(true);
            }
        });
        return mine;
    }

    private void keep(DkimKey key, RecordFound found) {
        Last before = known.put(key.id(), new Last(found, clock.instant()));
        boolean wasWrong = before != null && before.found() instanceof RecordFound.Wrong;
        if (found instanceof RecordFound.Wrong wrong && !wasWrong) {
            log.warn("event=dkim-record-wrong domain={} selector={} what=\"{}\"", key.domain(), key.selector(),
                    wrong.advice());
        } else if (found instanceof RecordFound.Right && wasWrong) {
            log.info("event=dkim-record-right domain={} selector={}", key.domain(), key.selector());
        }
    }
}
