package io.caravan.flow;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.apache.camel.CamelContext;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.spi.ShutdownStrategy;

/**
 * Camel's own way of stopping, but for routes that a reload has hushed: nothing is under way in them, and what waits in their queues
 * stays there for the routes that come, so there is nothing to wait for and to warn of.
 */
final class RouteStop extends DefaultShutdownStrategy {

    volatile boolean hushed;

    RouteStop(ShutdownStrategy before) {
        setTimeout(before.getTimeout());
        setTimeUnit(before.getTimeUnit());
        setShutdownNowOnTimeout(before.isShutdownNowOnTimeout());
        setShutdownRoutesInReverseOrder(before.isShutdownRoutesInReverseOrder());
        setLogInflightExchangesOnTimeout(before.isLogInflightExchangesOnTimeout());
        setSuppressLoggingOnTimeout(before.isSuppressLoggingOnTimeout());
    }

    @Override
    protected boolean doShutdown(CamelContext context, List<RouteStartupOrder> routes, long timeout, TimeUnit unit,
            boolean suspendOnly,
            boolean abort, boolean forced) throws Exception {
        return hushed || super.doShutdown(context, routes, timeout, unit, suspendOnly, abort, forced);
    }
}
