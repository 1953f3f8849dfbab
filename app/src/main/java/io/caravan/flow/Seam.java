package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where batch references go from claiming to delivering, and how that fares. A broker that takes none holds this node's claims, but for one
 * batch every few seconds that finds out whether it is back.
 *
 * <p>Claims and hand-overs are one thread's, that of the pump's route: when it comes to claim again, every hand-over before has ended.
 */
public final class Seam {

    private static final Logger log = LoggerFactory.getLogger(Seam.class);
    private static final Duration BETWEEN_TRIALS = Duration.ofSeconds(5);

    private final String uri;
    private final boolean claims;
    private final boolean delivers;
    private final Duration longest;
    private final InstantSource clock;
    private volatile @Nullable String broken;
    private volatile Instant trial = Instant.EPOCH;
    private volatile boolean failed;
    private int handing;

    /**
     * @param uri      the endpoint: {@code seda:} on one machine
     * @param claims   whether this node claims
     * @param delivers whether this node takes references, renders and sends
     * @param longest  how long a reference may be on its way before its batch is given back
     */
    public Seam(String uri, boolean claims, boolean delivers, Duration longest, InstantSource clock) {
        this.uri = uri;
        this.claims = claims;
        this.delivers = delivers;
        this.longest = longest;
        this.clock = clock;
    }

    /** True on one machine: what this node claims only this node delivers, and no reference can be lost or come twice. */
    boolean isLocal() {
        return uri.startsWith("seda:");
    }

    boolean claims() {
        return claims;
    }

    boolean delivers() {
        return delivers;
    }

    Duration longest() {
        return longest;
    }

    /** The endpoint without its options, which may name hosts. */
    String name() {
        return uri.replaceFirst("\\?.*", "");
    }

    String scheme() {
        return uri.replaceFirst(":.*", "");
    }

    /** So many references are handed over next. */
    void hands(int references) {
        handing = references;
    }

    /** All that was handed over has arrived, or failed. */
    void handed() {
        if (handing > 0 && !failed && broken != null) {
            log.info("event=seam-goes-on seam={}", name());
            broken = null;
        }
        handing = 0;
        failed = false;
    }

    /** A reference could not be handed over; or it was, and nobody can tell. Its batch is given back, and whoever takes it finds that. */
    void failed(Throwable fault) {
        Throwable inner = fault;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        if (broken == null) {
            log.warn("event=seam-broken seam={} what=\"{}\" todo=start the broker; claiming goes on by itself", name(),
                    inner.toString());
        }
        failed = true;
        trial = clock.instant().plus(BETWEEN_TRIALS);
        broken = "the seam " + name() + " takes no batches: "
                + RouteWords.cut(inner.getMessage() == null ? inner.toString() : inner.getMessage(), 200);
    }

    /** Why nothing can be handed over; empty as far as is known. */
    Optional<String> broken() {
        return Optional.ofNullable(broken);
    }

    /** True if it is broken and time to try again. A trial that is further off than it was put is of a clock that has gone back. */
    boolean trialDue() {
        Instant now = clock.instant();
        return broken != null && (!now.isBefore(trial) || now.plus(BETWEEN_TRIALS).isBefore(trial));
    }

    /** There is nothing to try it with, so nobody knows how it is. */
    void forget() {
        broken = null;
    }
}
