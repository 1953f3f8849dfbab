package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What went over each route since this node started, by the routes' ids, so that it outlives a reload. Camel tells it of each exchange, which
 * is a batch, a tick or a file: never of a single mail.
 */
@Component
public class RouteFigures implements RoutePolicyFactory {

    private static final int MINUTE = 60;

    /**
     * @param failed     of {@code total}; what failed was handled by the route's configuration
     * @param inFlight   under way now
     * @param lastMinute exchanges that ended in the last sixty seconds
     * @param mean       time of one exchange, zero without any
     * @param slowest    the longest that one took
     * @param error      what the last failed one said; null: none has failed
     */
    public record Figures(long total, long failed, long inFlight, long lastMinute, Duration mean, Duration slowest,
            @Nullable Instant last, @Nullable String error, @Nullable Instant errorAt) {
        static final Figures NONE = new Figures(0, 0, 0, 0, Duration.ZERO, Duration.ZERO, null, null, null);
    }

    private final Map<String, Counted> routes = new ConcurrentHashMap<>();
    private final InstantSource clock;

    RouteFigures(InstantSource clock) {
        this.clock = clock;
    }

    public Figures of(String route) {
        Counted counted = routes.get(route);
        return counted == null ? Figures.NONE : counted.figures(clock.instant().getEpochSecond());
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode definition) {
        return routes.computeIfAbsent(routeId, id -> new Counted(id, clock));
    }

    private static final class Counted extends RoutePolicySupport {

        private final String id;
        private final InstantSource clock;
        private final long[] second = new long[MINUTE];
        private final int[] ended = new int[MINUTE];
        private final Map<Exchange, Long> began = new ConcurrentHashMap<>();
        private long total;
        private long failed;
        private long nanos;
        private long slowest;
        private @Nullable Instant last;
        private @Nullable String error;
        private @Nullable Instant errorAt;

        Counted(String id, InstantSource clock) {
            this.id = id;
            this.clock = clock;
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            began.put(exchange, System.nanoTime());
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            Long since = began.remove(exchange);
            if (since != null) {
                ended(System.nanoTime() - since, fault(exchange), clock.instant());
            }
        }

        /** An exchange carries its fault on into the routes that called this one: it counts where it happened. */
        private @Nullable Throwable fault(Exchange exchange) {
            Throwable fault = exchange.getException() != null
                    ? exchange.getException()
                    : exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
            Object where = exchange.getProperty(Exchange.FAILURE_ROUTE_ID);
            return fault == null || where != null && !Objects.equals(where, id) ? null : fault;
        }

        private synchronized void ended(long took, @Nullable Throwable fault, Instant now) {
            total++;
            nanos += took;
            slowest = Math.max(slowest, took);
            last = now;
            int slot = (int) (now.getEpochSecond() % MINUTE);
            if (second[slot] != now.getEpochSecond()) {
                second[slot] = now.getEpochSecond();
                ended[slot] = 0;
            }
            ended[slot]++;
            if (fault != null) {
                failed++;
                error = String.valueOf(fault.getMessage() == null ? fault : fault.getMessage());
                errorAt = now;
            }
        }

        synchronized Figures figures(long now) {
            long lately = 0;
            for (int i = 0; i < MINUTE; i++) {
                lately += second[i] > now - MINUTE ? ended[i] : 0;
            }
            Duration mean = total == 0 ? Duration.ZERO : Duration.ofNanos(nanos / total);
            return new Figures(total, failed, began.size(), lately, mean, Duration.ofNanos(slowest), last, error,
                    errorAt);
        }
    }
}
