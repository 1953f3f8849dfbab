package io.caravan.flow;

import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.stereotype.Component;

import io.caravan.scheduling.Schedules;

/** Loads the routes as a whole before Camel starts; the schedules start last, so that no stored trigger finds its route missing. */
@Component
class RouteStart implements CamelContextConfiguration {

    private static final long STOPS_WITHIN = 8; // seconds, of the thirty that a stop may take

    private final RouteSet routes;
    private final RouteProperties properties;
    private final Schedules schedules;
    private final DropFolder dropFolder;
    private final RouteFigures figures;

    RouteStart(RouteSet routes, RouteProperties properties, Schedules schedules, DropFolder dropFolder,
            RouteFigures figures) {
        this.routes = routes;
        this.properties = properties;
        this.schedules = schedules;
        this.dropFolder = dropFolder;
        this.figures = figures;
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
        for (String key : RouteProperties.RECKONED) {
            context.getPropertiesComponent().addInitialProperty(key, String.valueOf(properties.value(key)));
        }
        context.addComponent(RoutePulse.NAME, RoutePulse.component(true));
        context.getShutdownStrategy().setTimeout(STOPS_WITHIN);
        context.addRoutePolicyFactory(figures);
        routes.load(context);
    }

    @Override
    public void afterApplicationStart(CamelContext context) {
        dropFolder.lookAgain();
        schedules.start();
    }
}
