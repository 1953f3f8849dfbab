package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.shaping.RelayHealth;
import io.caravan.transport.Transport;

/**
 * Who this node is connected to, and who gives no service. Connections are each node's own: of the others the database knows what they have
 * claimed, which {@link NodeReport} has. Asks no database.
 */
@Component
public class ConnectionReport {

    /** How somebody stands who is connected to. */
    public enum Standing {
        /** Mail flows. */
        UP,
        /** It gave no service when it was last tried, and is left alone. */
        RESTS,
        /** Its rest is over: one mail finds out, or the next one will. */
        TRIAL;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A relay, or the hosts of a provider.
     *
     * @param host    of a relay, with its port; "" for providers, which have many
     * @param open    connections that are ready or busy, of at most {@code most}
     * @param queued  finished mails that wait for one
     * @param why     it is not up; "" if it is
     * @param since   since when; null: it is up, or nobody kept the time
     * @param until   when its rest is over; null: it does not rest
     */
    public record Line(String name, String host, int open, int most, int queued, Standing standing, String why,
            @Nullable Instant since, @Nullable Instant until) {
    }

    /** @param mxMost connections to mail exchangers at once in all */
    public record Report(List<Line> relays, List<Line> providers, int mxMost) {
    }

    private final NodeLife life;
    private final RelayHealth relays;
    private final InstantSource clock;

    ConnectionReport(NodeLife life, RelayHealth relays, InstantSource clock) {
        this.clock = clock;
        this.life = life;
        this.relays = relays;
    }

    public Report read() {
        return new Report(life.standing().stream().map(this::relay).toList(),
                life.mxStanding().stream().map(this::provider).toList(),
                life.settings().mx().connections());
    }

    private Line relay(Transport.Standing relay) {
        String name = relay.relay().name();
        Standing standing = switch (relays.standing(name)) {
            case UP -> Standing.UP;
            case DOWN -> relays.restUntil(name).isPresent() ? Standing.RESTS : Standing.TRIAL;
            case TRIAL_DUE -> Standing.TRIAL;
        };
        return new Line(name, relay.relay().host() + ":" + relay.relay().port(), relay.open(),
                relay.relay().connections(), relay.waiting(), standing,
                standing == Standing.UP ? "" : relays.why(name), relays.downSince(name).orElse(null),
                standing == Standing.RESTS ? relays.restUntil(name).orElse(null) : null);
    }

    private Line provider(Transport.MxStanding provider) {
        Transport.MxTrouble trouble = provider.trouble();
        return new Line(provider.provider(), "", provider.open(), provider.connections(), provider.waiting(),
                trouble == null ? Standing.UP : trouble.trialDue() ? Standing.TRIAL : Standing.RESTS,
                trouble == null ? "" : trouble.why(), null,
                trouble == null || trouble.trialDue() ? null : clock.instant().plus(trouble.rest()));
    }
}
