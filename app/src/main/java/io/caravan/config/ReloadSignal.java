package io.caravan.config;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import sun.misc.Signal;
import sun.misc.SignalHandler;

import io.caravan.flow.RouteReload;
import io.caravan.flow.RouteSet;

/** {@code kill -HUP PID} exchanges the routes for the files as they are now, as daemons do; the outcome is said in the log. */
@Component
final class ReloadSignal {

    private static final Logger LOG = LoggerFactory.getLogger(ReloadSignal.class);

    private final RouteSet routes;

    ReloadSignal(RouteSet routes) {
        this.routes = routes;
    }

    @EventListener(ApplicationReadyEvent.class)
    void listen() {
        try {
            SignalHandler before = Signal.handle(new Signal("HUP"),
                    _ -> Thread.ofPlatform().name("route-reload").start(this::reload));
            if (before.equals(SignalHandler.SIG_IGN)) { // Java leaves it so
                isNone("whoever started this process has it ignore SIGHUP, as nohup does");
            }
        } catch (IllegalArgumentException e) {
            isNone("this Java keeps SIGHUP for itself");
        }
    }

    private static void isNone(String why) {
        LOG.info(
                "event=no-reload-signal what=\"{}: exchange routes on the routes page, or by POST /api/v1/routes/reload\"",
                why);
    }

    private void reload() {
        try {
            RouteReload outcome = routes.reload();
            if (outcome instanceof RouteReload.Done) {
                LOG.info("event=reload-done what=\"{}\"", outcome.says());
            } else {
                LOG.warn("event=reload-refused what=\"{}\"", outcome.says());
            }
        } catch (RuntimeException e) {
            LOG.error("event=reload-fault what=\"{}\"", e.getMessage(), e);
        }
    }
}
