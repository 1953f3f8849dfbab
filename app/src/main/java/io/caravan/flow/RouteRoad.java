package io.caravan.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.service.ServiceHelper;

import io.caravan.mail.PermanentFault;

/**
 * Lays routes into a running Camel and takes them out without losing what is on them: sources are silenced first, what is under way ends,
 * and the queues between routes outlive the routes.
 */
final class RouteRoad {

    private static final Duration POLL = Duration.ofMillis(10);

    /** A file whose routes do not start. */
    static final class NotStarted extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient RouteProblem problem;

        NotStarted(RouteProblem problem, Exception cause) {
            super(problem.toString(), cause);
            this.problem = problem;
        }
    }

    private final CamelContext context;
    private final RouteStop stopping;
    private final Map<String, SedaEndpoint> keepers = new HashMap<>();

    RouteRoad(CamelContext context) {
        this.context = context;
        stopping = new RouteStop(context.getShutdownStrategy());
        context.setShutdownStrategy(stopping);
    }

    /**
     * Loads the files, and then starts their routes; in a context that has not started yet they start with it. Routes from {@code direct:} are
     * started first: what waits in a queue goes on at once, and finds its way.
     */
    void lay(List<RouteFile> files) throws Exception {
        Map<String, RouteFile> origins = new LinkedHashMap<>();
        Boolean automatic = context.isAutoStartup();
        if (context.isStarted()) {
            context.setAutoStartup(false);
        }
        try {
            for (RouteFile file : files) {
                load(file);
                context.getRoutes().forEach(route -> origins.putIfAbsent(route.getRouteId(), file));
            }
        } finally {
            context.setAutoStartup(automatic);
        }
        if (context.isStarted()) {
            keepQueues();
            start(origins);
        }
    }

    private void load(RouteFile file) throws NotStarted {
        try {
            PluginHelper.getRoutesLoader(context).loadRoutes(RouteTrial.resource(file));
        } catch (Exception e) {
            throw new NotStarted(RouteTrial.problem(file, e), e);
        }
    }

    private void start(Map<String, RouteFile> origins) throws Exception {
        List<Route> routes = context.getRoutes().stream().filter(route -> !Boolean.FALSE.equals(route.isAutoStartup()))
                .sorted(Comparator.comparing(route -> !(route.getConsumer().getEndpoint() instanceof DirectEndpoint)))
                .toList();
        for (Route route : routes) {
            try {
                context.getRouteController().startRoute(route.getRouteId());
            } catch (Exception e) {
                throw new NotStarted(RouteTrial.problem(Objects.requireNonNull(origins.get(route.getRouteId())), e), e);
            }
        }
        for (Route route : routes) {
            ServiceStatus status = context.getRouteController().getRouteStatus(route.getRouteId());
            if (status != ServiceStatus.Started) {
                throw new IllegalStateException("route " + route.getRouteId() + " is " + status);
            }
        }
    }

    /** Lets nothing in any more and waits for what is under way. The routes where something is, after the deadline; empty: all quiet. */
    List<String> hush(long deadlineNanos) {
        keepQueues();
        long slack = 0;
        for (Route route : context.getRoutes()) {
            Consumer source = route.getConsumer();
            if (!(source.getEndpoint() instanceof DirectEndpoint)) {
                ServiceHelper.suspendService(source);
            }
            if (source.getEndpoint() instanceof SedaEndpoint seda) {
                slack = Math.max(slack, seda.getPollTimeout()); // its threads may take one more
            }
        }
        pause(Duration.ofMillis(slack + 20));
        List<String> busy = busy();
        while (!busy.isEmpty() && System.nanoTime() < deadlineNanos) {
            pause(POLL);
            busy = busy();
        }
        return busy;
    }

    private List<String> busy() {
        return context.getRoutes().stream().map(Route::getRouteId)
                .filter(id -> context.getInflightRepository().size(id) > 0).toList();
    }

    /** Undoes {@link #hush}. */
    void wake() {
        context.getRoutes().forEach(route -> ServiceHelper.resumeService(route.getConsumer()));
    }

    /** Takes out every route and route configuration. */
    void clear() {
        stopping.hushed = true;
        try {
            for (Route route : new ArrayList<>(context.getRoutes())) {
                ServiceHelper.stopService(route.getConsumer());
                context.getRouteController().stopRoute(route.getRouteId());
                context.removeRoute(route.getRouteId());
            }
            if (context instanceof ModelCamelContext model) {
                model.removeRouteDefinitions(new ArrayList<>(model.getRouteDefinitions()));
                for (RouteConfigurationDefinition old : new ArrayList<>(model.getRouteConfigurationDefinitions())) {
                    model.removeRouteConfiguration(old);
                }
            }
        } catch (Exception e) {
            throw new PermanentFault("the old routes cannot be taken out: restart the server; " + e.getMessage(), e);
        } finally {
            stopping.hushed = false;
        }
    }

    /** A seda queue goes with its last endpoint, and what is in it: hold on to each by an endpoint of our own. */
    private void keepQueues() {
        for (Endpoint endpoint : context.getEndpoints()) {
            if (endpoint instanceof SedaEndpoint seda) {
                SedaComponent component = (SedaComponent) seda.getComponent();
                String key = component.getQueueKey(seda.getEndpointUri());
                SedaEndpoint keeper = keepers.computeIfAbsent(key,
                        k -> new SedaEndpoint(k + "?keeper=true", component, seda.getQueue()));
                component.getOrCreateQueue(keeper, null, null, null);
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PermanentFault("reloading the routes was interrupted: try again", e);
        }
    }

    /** {@code started}, {@code stopped}, {@code suspended} ...; empty: there is no such route now. */
    Optional<String> status(String route) {
        return Optional.ofNullable(context.getRouteController().getRouteStatus(route))
                .map(status -> status.name().toLowerCase(Locale.ROOT));
    }

    /** Which file and line did not start, and why. */
    static RouteProblem reason(Exception fault) {
        return fault instanceof NotStarted known
                ? known.problem
                : new RouteProblem("routes", 1,
                        "the routes do not start: " + RouteWords.cut(String.valueOf(fault.getMessage())),
                        "put them right");
    }
}
