package io.caravan.config;

import java.util.Optional;

import org.springframework.core.env.Environment;

/** Where the links of our mails lead. */
final class PublicUrl {

    private PublicUrl() {
    }

    /** Without a slash at the end; this machine's own address if nobody has said another. */
    static String of(CaravanProperties settings, Environment environment) {
        String written = settings.publicUrl();
        String url = written == null ? "http://127.0.0.1:" + environment.getProperty("server.port", "8080") : written;
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /** What recipients could not do with these links, if mail leaves: RFC 8058 section 3.1 asks for https. */
    static Optional<String> problem(CaravanProperties settings, Environment environment) {
        String url = of(settings, environment);
        if (!settings.production() || url.startsWith("https://")) {
            return Optional.empty();
        }
        return Optional.of(settings.publicUrl() == null
                ? "caravan.public-url is not set: the unsubscribe links of mail that leaves lead to " + url
                        + ", which no recipient reaches; set it to the https address of the reverse proxy,"
                        + " as in https://mail.shop.example"
                : "caravan.public-url=" + url + " is not https: mailbox providers take one-click unsubscription"
                        + " (RFC 8058) by https only; write https://..., and let a reverse proxy speak it");
    }
}
