package io.caravan.flow;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.mail.RunId;
import io.caravan.mail.TemporaryFault;

/**
 * Runs whose move failed on this node. Each rests for a second, then for longer, so that one which can never go on takes no time from the
 * others; the log hears of it once in a while, and from the second time on the run itself says so: what fails once and passes is nobody's
 * care.
 */
final class RunFaults {

    private static final Logger log = LoggerFactory.getLogger(RunFaults.class);
    private static final long SHORTEST = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST = Duration.ofMinutes(1).toNanos();
    private static final long TOLD_AGAIN = Duration.ofMinutes(10).toNanos();

    /** @param times how often on end */
    private record Known(int times, long until, String what, long told) {
    }

    private final Map<RunId, Known> known = new ConcurrentHashMap<>();
    private final Runs runs;
    private final LongSupplier nanos;

    /** @param nanos a monotonic clock */
    RunFaults(Runs runs, LongSupplier nanos) {
        this.runs = runs;
        this.nanos = nanos;
    }

    /** It failed a moment ago: nothing is tried yet. */
    boolean rests(RunId run) {
        Known before = known.get(run);
        return before != null && before.until - nanos.getAsLong() > 0;
    }

    /** It waits for something that comes by itself, and is asked again at once. */
    void waits(Run run, String name, TemporaryFault later) {
        if (isNews(run.id(), 0, 0, String.valueOf(later.getMessage()))) {
            log.info("event=run-waits {} state={} what={}", name, run.state().word(), later.getMessage());
        }
    }

    void failed(Run run, String name, Throwable fault) {
        Known before = known.get(run.id());
        int times = before == null ? 1 : before.times + 1;
        long rest = Math.min(LONGEST, SHORTEST << Math.min(times - 1, 10));
        if (isNews(run.id(), times, rest, fault.getClass().getName())) {
            log.error("event=run-fault {} state={} times={} what=\"{}\"", name, run.state().word(), times,
                    fault.toString(), fault);
        }
        if (times > 1) {
            note(run, RunNote.with(run.reason(), fault));
        }
    }

    /** It went on, or has nothing to do. */
    void over(Run run) {
        known.remove(run.id());
        note(run, RunNote.without(run.reason()));
    }

    private boolean isNews(RunId run, int times, long rest, String what) {
        long now = nanos.getAsLong();
        known.values().removeIf(each -> now - each.until > TOLD_AGAIN); // a run may be gone
        Known before = known.get(run);
        if (before != null && before.what.equals(what) && now - before.told < TOLD_AGAIN) {
            known.put(run, new Known(times, now + rest, what, before.told));
            return false;
        }
        known.put(run, new Known(times, now + rest, what, now));
        return true;
    }

    private void note(Run run, @Nullable String reason) {
        if (Objects.equals(reason, run.reason())) {
            return;
        }
        try {
            runs.note(run, reason);
        } catch (RuntimeException away) { // the log was told; it is said at the next time
            log.debug("event=run-not-noted run={} what=\"{}\"", run.id(), away.toString());
        }
    }
}
