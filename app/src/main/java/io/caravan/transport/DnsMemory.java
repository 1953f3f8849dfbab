package io.caravan.transport;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * Answers of the DNS for as long as they hold, denials too (RFC 2308), at most so many; what was used longest ago goes first. A question
 * that is being asked is asked once: who has the same one waits for its answer.
 */
final class DnsMemory {

    /** Faults, and denials that no zone vouches for, are remembered so briefly that a server which comes back is used at once, and long enough that a dead one is not asked for every mail. */
    static final Duration FAULT = Duration.ofSeconds(5);
    private static final Duration LEAST = Duration.ofSeconds(1); // mails of one batch share an answer whatever its TTL

    enum Outcome {
        RECORDS, NO_DATA, NXDOMAIN, FAULT
    }

    record Question(Name name, int type) {
    }

    /** @param why of a fault, or of a denial that no zone vouches for: what is wrong with it; else {@code ""} */
    record Said(Outcome outcome, List<Record> records, Duration ttl, boolean authentic, String server, String why) {
        static Said fault(String server, String why) {
            return new Said(Outcome.FAULT, List.of(), FAULT, false, server, why);
        }

        /** True of a denial that no zone vouches for. */
        boolean isDoubtful() {
            return outcome != Outcome.FAULT && !why.isEmpty();
        }

        Said after(long nanos) {
            Duration left = ttl.minusNanos(nanos);
            return new Said(outcome, records, left.isNegative() ? Duration.ZERO : left, authentic, server, why);
        }
    }

    private record Kept(Said said, long since) {
    }

    private final int most;
    private final LongSupplier nanoTime;
    private final Map<Question, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Question, CompletableFuture<Said>> asking = new LinkedHashMap<>();

    DnsMemory(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
    }

    Said get(Question question, Supplier<Said> ask) {
        CompletableFuture<Said> mine = new CompletableFuture<>();
        CompletableFuture<Said> other;
        synchronized (this) {
            Said known = known(question);
            if (known != null) {
                return known;
            }
            other = asking.putIfAbsent(question, mine);
        }
        if (other != null) {
            return other.join();
        }
        Said said = Said.fault("(none)", "could not be asked");
        try {
            said = ask.get();
        } finally {
            keep(question, said);
            mine.complete(said);
        }
        return said;
    }

    private @Nullable Said known(Question question) {
        Kept entry = kept.get(question);
        if (entry == null) {
            return null;
        }
        long age = nanoTime.getAsLong() - entry.since();
        long holds = Math.max(LEAST.toNanos(), entry.said().ttl().toNanos());
        return age < holds ? entry.said().after(age) : null;
    }

    private synchronized void keep(Question question, Said said) {
        asking.remove(question);
        kept.put(question, new Kept(said, nanoTime.getAsLong()));
        if (kept.size() > most) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    synchronized int size() {
        return kept.size();
    }
}
