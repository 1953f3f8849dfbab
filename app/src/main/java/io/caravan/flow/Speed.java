package io.caravan.flow;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.mail.RunId;

/** How many rows of each run this node settled lately. */
@Component
public class Speed {

    private static final int SECONDS = 5;

    private static final class Recent {
        private final long[] second = new long[SECONDS + 1];
        private final long[] settled = new long[SECONDS + 1];

        synchronized void add(long now, int n) {
            int slot = (int) (now % second.length);
            if (second[slot] != now) {
                second[slot] = now;
                settled[slot] = 0;
            }
            settled[slot] += n;
        }

        boolean isOver(long now) {
            return since(now - SECONDS, now + 1) == 0;
        }

        synchronized long since(long from, long now) {
            long sum = 0;
            for (int i = 0; i < second.length; i++) {
                sum += second[i] >= from && second[i] < now ? settled[i] : 0;
            }
            return sum;
        }
    }

    private record Lane(long run, int lane) {
    }

    private final Map<Long, Recent> runs = new ConcurrentHashMap<>();
    private final Map<Lane, Recent> lanes = new ConcurrentHashMap<>();
    private final AtomicLong swept = new AtomicLong(); // the second of it
    private final InstantSource clock;

    Speed(InstantSource clock) {
        this.clock = clock;
    }

    void settled(long run, int n) {
        add(runs, run, n);
    }

    void settled(long run, int lane, int n) {
        add(lanes, new Lane(run, lane), n);
    }

    private <K> void add(Map<K, Recent> all, K key, int n) {
        long now = now();
        if (!all.containsKey(key) && swept.getAndSet(now) != now) { // runs come and go: whoever comes makes room
            runs.values().removeIf(recent -> recent.isOver(now));
            lanes.values().removeIf(recent -> recent.isOver(now));
        }
        all.computeIfAbsent(key, _ -> new Recent()).add(now, n);
    }

    /** Of how many runs and lanes something is kept. */
    int kept() {
        return runs.size() + lanes.size();
    }

    /** Rows a second, over the last five whole seconds. */
    public double perSecond(RunId run) {
        return perSecond(runs.get(run.value()));
    }

    /** The same of one lane of the run. */
    public double perSecond(RunId run, int lane) {
        return perSecond(lanes.get(new Lane(run.value(), lane)));
    }

    private double perSecond(@Nullable Recent recent) {
        long now = now();
        return recent == null ? 0 : (double) recent.since(now - SECONDS, now) / SECONDS;
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }
}
