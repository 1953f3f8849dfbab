package io.caravan.flow;

import java.util.Map;

import org.apache.camel.component.quartz.QuartzComponent;

/**
 * The component {@code pulse}: Quartz with a store in this node's memory, for ticks that every node has for itself and that are left
 * out when they come too late. Schedules that must not be lost live in the clustered store, which this one never touches.
 */
public final class RoutePulse {

    public static final String NAME = "pulse";

    /** Where a wake-up for the pump is sent; when one is waiting already, another adds nothing. */
    public static final String WAKE = "seda:pulse?size=1&discardWhenFull=true";

    private RoutePulse() {
    }

    /** @param starts false for a component that only knows the options and never ticks */
    public static QuartzComponent component(boolean starts) {
        QuartzComponent pulse = new QuartzComponent();
        pulse.setAutowiredEnabled(false); // else it takes the clustered scheduler that it finds among the beans
        pulse.setAutoStartScheduler(starts);
        pulse.setEnableJmx(false);
        pulse.setProperties(Map.of(
                "org.quartz.scheduler.instanceName", "pulse",
                "org.quartz.scheduler.skipUpdateCheck", "true",
                "org.quartz.scheduler.makeSchedulerThreadDaemon", "true",
                "org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool",
                "org.quartz.threadPool.threadCount", starts ? "4" : "1",
                "org.quartz.threadPool.makeThreadsDaemons", "true",
                "org.quartz.jobStore.misfireThreshold", "1000",
                "org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore"));
        return pulse;
    }
}
