package io.caravan.config;

import java.time.Duration;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says where the pages are, once they are. The link carries the token; the browser trades it for a cookie at once. */
@Component
final class Welcome {

    private final Secrets secrets;
    private final ServerAddress address;
    private final CaravanProperties settings;

    Welcome(Secrets secrets, ServerAddress address, CaravanProperties settings) {
        this.secrets = secrets;
        this.address = address;
        this.settings = settings;
    }

    @EventListener(ApplicationReadyEvent.class)
    void say(ApplicationReadyEvent ready) {
        String url = address.url();
        if (url != null) { // not in the log: it holds a secret
            Duration taken = ready.getTimeTaken();
            System.err.println(
                    "Caravan is ready" + (taken == null ? "" : " after " + taken.toMillis() / 100 / 10.0 + " s")
                            + " ("
                            + (settings.production()
                                    ? "production: mail leaves"
                                    : "sandbox: mail stays in the built-in mailbox")
                            + ")");
            System.err.println("  Pages:       " + url + "/?token=" + secrets.token());
            System.err.println("  Drop folder: " + settings.dataFolder().drop());
        }
    }
}
