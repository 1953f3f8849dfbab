package io.caravan.flow;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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
    private final InstantSource clock;

    Speed(InstantSource clock) {
        this.clock = clock;
    }

    void settled(long run, int n) {
        runs.computeIfAbsent(run, _ -> new Recent()).add(now(), n);
    }

    void settled(long run, int lane, int n) {
        lanes.computeIfAbsent(new Lane(run, lane), _ -> new Recent()).add(now(), n);
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

    void forget(RunId run) {
        runs.remove(run.value());
        lanes.keySet().removeIf(lane -> lane.run() == run.value());
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }
}
