package io.caravan.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Writes {@code keys/server}: where the pages of the running server are, for {@code health} and whoever starts it on port 0. */
@Component
final class ServerAddress implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(ServerAddress.class);

    private final Path file;
    private final String host;
    private @Nullable String url;

    ServerAddress(CaravanProperties settings, org.springframework.core.env.Environment environment) {
        file = settings.dataFolder().keys().resolve("server");
        String address = environment.getProperty("server.address", "127.0.0.1");
        host = address.equals("0.0.0.0") || address.equals("::")
                ? "127.0.0.1"
                : address.contains(":") ? "[" + address + "]" : address;
    }

    @EventListener
    void listening(WebServerInitializedEvent event) {
        if (event.getApplicationContext().getServerNamespace() == null) { // not the actuator's own, if it has one
            url = "http://" + host + ":" + event.getWebServer().getPort();
            Secrets.write(file, url + "\n");
        }
    }

    /** Where the pages are, null while there are none. */
    @Nullable
    String url() {
        return url;
    }

    @Override
    public void destroy() {
        try {
            if (url != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("keys/server could not be removed: {}", e.getMessage());
        }
    }
}
