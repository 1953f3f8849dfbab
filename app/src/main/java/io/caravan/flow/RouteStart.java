package io.caravan.flow;

import java.util.HashMap;
import java.util.Map;

import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.TypeConverterRegistry;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.SimpleTypeConverter;

import io.caravan.delivery.BatchReference;
import io.caravan.scheduling.Schedules;

/** Loads the routes as a whole before Camel starts; the schedules start last, so that no stored trigger finds its route missing. */
@org.springframework.stereotype.Component
class RouteStart implements CamelContextConfiguration {

    private static final long STOPS_WITHIN = 8; // seconds, of the thirty that a stop may take

    private final RouteSet routes;
    private final RouteProperties properties;
    private final Schedules schedules;
    private final DropFolder dropFolder;
    private final RouteFigures figures;
    private final Seam seam;

    RouteStart(RouteSet routes, RouteProperties properties, Schedules schedules, DropFolder dropFolder,
            RouteFigures figures, Seam seam) {
        this.routes = routes;
        this.properties = properties;
        this.schedules = schedules;
        this.dropFolder = dropFolder;
        this.figures = figures;
        this.seam = seam;
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
        for (String key : RouteProperties.RECKONED) {
            context.getPropertiesComponent().addInitialProperty(key, String.valueOf(properties.value(key)));
        }
        context.addComponent(RoutePulse.NAME, RoutePulse.component(true));
        context.getShutdownStrategy().setTimeout(STOPS_WITHIN);
        context.addRoutePolicyFactory(figures);
        prepareSeam(context);
        routes.load(context);
    }

    /**
     * What a broker carries is text. With {@code jms} a reference is acknowledged when its batch has gone its way, so the broker brings it again
     * if the node dies before; it is of no use when the batch was given back. The seam is the only place where a route may use this component.
     */
    private void prepareSeam(CamelContext context) {
        TypeConverterRegistry converters = context.getTypeConverterRegistry();
        converters.addTypeConverter(String.class, BatchReference.class,
                new SimpleTypeConverter(false, (_, _, reference) -> ((BatchReference) reference).text()));
        converters.addTypeConverter(BatchReference.class, String.class,
                new SimpleTypeConverter(false, (_, _, text) -> BatchReference.parse((String) text)));
        if (!seam.delivers() && context instanceof ModelCamelContext model) {
            model.setRouteFilterPattern(null, RouteWords.SEAM + "*"); // what reads the seam is not laid at all
        }
        Component jms = seam.scheme().equals("jms") ? context.getComponent("jms") : null;
        if (jms != null) {
            PropertyBindingSupport.build().withCamelContext(context).withTarget(jms)
                    .withProperties(new HashMap<>(Map.of(
                            "jmsMessageType", "Text", "transacted", "true", "lazyCreateTransactionManager", "false",
                            "timeToLive", Long.toString(seam.longest().toMillis()))))
                    .bind();
        }
    }

    @Override
    public void afterApplicationStart(CamelContext context) {
        dropFolder.lookAgain();
        schedules.start();
    }
}
