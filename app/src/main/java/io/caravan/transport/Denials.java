package io.caravan.transport;

import java.util.Map;
import java.util.TreeMap;

import io.caravan.transport.DnsMemory.Outcome;
import io.caravan.transport.DnsMemory.Said;

/** How often each DNS server denied a name since the start, and how often no zone vouched for it (RFC 2308 section 2). */
public final class Denials {

    /**
     * @param all      denials
     * @param doubtful those without an SOA record of the name's zone
     * @param why      of the last one of these; {@code ""}: there was none
     */
    public record Count(long all, long doubtful, String why) {
        private Count and(Count later) {
            return new Count(all + later.all, doubtful + later.doubtful, later.why.isEmpty() ? why : later.why);
        }
    }

    private final Map<String, Count> counts = new TreeMap<>();

    synchronized void heard(Said said) {
        if (said.outcome() == Outcome.NXDOMAIN || said.outcome() == Outcome.NO_DATA) {
            counts.merge(said.server(), new Count(1, said.isDoubtful() ? 1 : 0, said.why()), Count::and);
        }
    }

    /** By server, {@code 127.0.0.53:53}; those that denied nothing are not there. */
    public synchronized Map<String, Count> byServer() {
        return Map.copyOf(counts);
    }
}
