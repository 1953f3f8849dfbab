package io.caravan.transport;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;

/**
 * A relay (smarthost) that takes our mail.
 *
 * <p>{@code tls=required} says that the line must be encrypted, not whom it leads to: it keeps listeners out, not an attacker who answers in
 * the relay's place. {@code verified} does, too.
 *
 * @param port        1..65535
 * @param user        null: no login; else the line is encrypted unless {@code tls} is {@code NONE}
 * @param connections at most this many at once, each with a thread of its own, 1..200
 */
public record Relay(String name, String host, int port, Tls tls, @Nullable String user, @Nullable String password,
        int connections) {

    static final int MOST_CONNECTIONS = 200;
    private static final String EXCHANGER = "mx "; // no key of the configuration has a space

    public Relay {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new InvalidInput("relay " + name + ": " + connections + " connections are not possible: give 1 to "
                    + MOST_CONNECTIONS);
        }
    }

    /**
     * Reads {@code smtp://user:secret@host:port?tls=none|opportunistic|required|verified} or {@code smtps://...}. Left out: port 25 (465 for
     * {@code smtps}), {@code tls=opportunistic}; with a user {@code tls=required}, since a secret must not leave in the clear by chance.
     *
     * @throws InvalidInput with every problem; never quotes the secret
     */
    public static Relay parse(String name, String uri, int connections) {
        String key = "caravan.relays." + name + ".uri";
        URI parsed;
        try {
            parsed = new URI(uri.strip());
        } catch (URISyntaxException e) {
            // no cause: its message quotes the secret
            throw new InvalidInput(key + ": this is no URI (" + e.getReason() + " at character " + (e.getIndex() + 1)
                    + "): write smtp://user:secret@host:port?tls=required, with special characters in user and secret as %40");
        }
        return new Reading(key, parsed).relay(name, connections);
    }

    /** A mail exchanger: a relay that nobody configured, known by its host name alone. */
    static Relay exchanger(String host, int port, int connections) {
        return new Relay(EXCHANGER + host, host, port, Tls.OPPORTUNISTIC, null, null, connections);
    }

    boolean isExchanger() {
        return name.startsWith(EXCHANGER);
    }

    /** As results name it. */
    String title() {
        return isExchanger() ? "host " + host : "relay " + name;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "relay " + name + " (" + host + ":" + port + ", tls " + tls.name().toLowerCase(Locale.ROOT) + ")";
    }

    /** One URI being read; collects what is wrong with it. */
    private static final class Reading {
        private final String key;
        private final URI uri;
        private final List<String> problems = new ArrayList<>();

        Reading(String key, URI uri) {
            this.key = key;
            this.uri = uri;
        }

        Relay relay(String name, int connections) {
            boolean implicit = "smtps".equalsIgnoreCase(uri.getScheme());
            if (!implicit && !"smtp".equalsIgnoreCase(uri.getScheme())) {
                problems.add(key + ": begin with smtp:// or smtps://");
            }
            String host = uri.getHost() == null ? "" : uri.getHost().replaceAll("^\\[|]$", "");
            if (host.isEmpty()) {
                problems.add(key
                        + ": there is no host in it: write smtp://host:port (an @ or : inside user or secret is %40 or %3A)");
            }
            if (uri.getPort() == 0 || uri.getPort() > 65535) {
                problems.add(key + ": port " + uri.getPort() + " does not exist: give 1 to 65535");
            }
            if (uri.getPath() != null && !uri.getPath().isEmpty() && !uri.getPath().equals("/")
                    || uri.getFragment() != null) {
                problems.add(key + ": nothing may stand between the port and ?tls=");
            }
            String[] login = login();
            Tls tls = tls(implicit, login != null);
            if (!problems.isEmpty()) {
                throw new InvalidInput(problems);
            }
            int port = uri.getPort() > 0 ? uri.getPort() : implicit ? 465 : 25;
            return new Relay(name, host, port, tls, login == null ? null : login[0], login == null ? null : login[1],
                    connections);
        }

        private String @Nullable [] login() {
            String raw = uri.getRawUserInfo();
            if (raw == null) {
                return null;
            }
            int colon = raw.indexOf(':');
            if (colon < 1 || colon == raw.length() - 1) {
                problems.add(key + ": a login needs both user and secret: write user:secret@host");
                return null;
            }
            return new String[]{decoded(raw.substring(0, colon)), decoded(raw.substring(colon + 1))};
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }

        private Tls tls(boolean implicit, boolean login) {
            Tls tls = implicit ? Tls.IMPLICIT : login ? Tls.REQUIRED : Tls.OPPORTUNISTIC;
            if (uri.getRawQuery() == null) {
                return tls;
            }
            for (String part : uri.getRawQuery().split("&")) {
                String value = part.startsWith("tls=") ? part.substring(4).toLowerCase(Locale.ROOT) : "";
                switch (value) {
                    case "none" -> tls = Tls.NONE;
                    case "opportunistic" -> tls = Tls.OPPORTUNISTIC;
                    case "required" -> tls = implicit ? Tls.IMPLICIT : Tls.REQUIRED;
                    case "verified" -> tls = implicit ? Tls.IMPLICIT_VERIFIED : Tls.VERIFIED;
                    default -> problems.add(key + ": '" + part
                            + "' is not known: write tls=none, tls=opportunistic, tls=required or tls=verified");
                }
            }
            if (implicit && !tls.isImplicit()) {
                problems.add(
                        key + ": smtps:// is always encrypted: leave tls out, write tls=verified, or write smtp://");
            }
            return tls;
        }
    }
}
