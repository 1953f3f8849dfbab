package io.caravan.config;

import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.caravan.flow.DkimDesk;
import io.caravan.flow.ProviderFile;
import io.caravan.mail.InvalidInput;
import io.caravan.transport.RelayRoute;

/** What is wrong with settings that could be read: missing values, numbers out of range, names that point nowhere. */
final class SettingProblems {

    private static final Set<String> TLS = Set.of("none", "opportunistic", "required", "verified");

    private final CaravanProperties settings;
    private final List<String> problems = new ArrayList<>();

    private SettingProblems(CaravanProperties settings) {
        this.settings = settings;
    }

    static List<String> of(CaravanProperties settings) {
        SettingProblems found = new SettingProblems(settings);
        found.missing("caravan", settings);
        if (found.problems.isEmpty()) { // what follows may look at every value
            found.durations("caravan", settings);
            found.numbers();
            found.relays();
            found.routing();
            found.database();
            found.dns();
            found.providers();
        }
        return found.problems;
    }

    private void missing(String prefix, Object group) {
        for (RecordComponent component : group.getClass().getRecordComponents()) {
            Object value = value(group, component);
            String name = prefix + "." + KnownKeys.name(group.getClass(), component);
            if (value == null && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                problems.add(name + " has no value: give one, or leave the key out to have the default");
            } else if (value instanceof Record nested) {
                missing(name, nested);
            }
        }
    }

    private void durations(String prefix, Object group) {
        for (RecordComponent component : group.getClass().getRecordComponents()) {
            Object value = value(group, component);
            String name = prefix + "." + KnownKeys.name(group.getClass(), component);
            if (value instanceof Record nested) {
                durations(name, nested);
            } else if (value instanceof Duration duration && (duration.isNegative() || duration.isZero())) {
                problems.add(name + "=" + duration + " is no time to wait: give more than 0");
            }
        }
    }

    private void numbers() {
        atLeast("caravan.queue", settings.queue(), 1);
        atLeast("caravan.mx.port", settings.mx().port(), 1);
        atMost("caravan.mx.port", settings.mx().port(), 65535);
        atLeast("caravan.mx.connections", settings.mx().connections(), 1);
        atMost("caravan.mx.connections", settings.mx().connections(), 10_000);
        atLeast("caravan.mx.messages", settings.mx().messages(), 1);
        atLeast("caravan.tls.mta-sts.port", settings.tls().mtaSts().port(), 1);
        atMost("caravan.tls.mta-sts.port", settings.tls().mtaSts().port(), 65535);
        atLeast("caravan.dns.entries", settings.dns().entries(), 100);
        atLeast("caravan.batches.size", settings.batches().size(), 1);
        atMost("caravan.batches.size", settings.batches().size(), 500);
        if (settings.seam().isLocal() && !(settings.seam().claim() && settings.seam().deliver())) {
            problems.add("caravan.seam.claim and caravan.seam.deliver must both be true with caravan.seam.batches="
                    + settings.seam().batches()
                    + ": what this node claims only this node can deliver. Use jms:queue:NAME to share it out");
        }
        atLeast("caravan.batches.workers", settings.batches().atOnce(), 1);
        atLeast("caravan.batches.memory", settings.batches().memory().toBytes(), 1_000_000);
        size("caravan.intake.field", settings.intake().field());
        size("caravan.intake.record", settings.intake().record());
        size("caravan.mail.template", settings.mail().template());
        size("caravan.mail.size", settings.mail().size());
        size("caravan.mail.attributes", settings.mail().attributes());
        atLeast("caravan.intake.columns", settings.intake().columns(), 1);
        atLeast("caravan.intake.ratio", settings.intake().ratio(), 2);
        atLeast("caravan.mail.attachments", settings.mail().attachments(), 0);
        atLeast("caravan.retry.factor", settings.retry().factor(), 1);
        settings.pacing().providers().forEach(
                (name, provider) -> {
                    atLeast("caravan.pacing.providers." + name + ".connections", provider.connections(), 1);
                    atMost("caravan.pacing.providers." + name + ".connections", provider.connections(), 200);
                });
        if (settings.waits().leaseRenew().multipliedBy(2).compareTo(settings.waits().lease()) > 0) {
            problems.add("caravan.waits.lease-renew=" + settings.waits().leaseRenew()
                    + " must be at most half of caravan.waits.lease="
                    + settings.waits().lease());
        }
    }

    private void relays() {
        for (Map.Entry<String, CaravanProperties.Relay> relay : settings.relays().entrySet()) {
            String key = "caravan.relays." + relay.getKey();
            atLeast(key + ".connections", relay.getValue().connections(), 1);
            String uri = relay.getValue().uri();
            if (uri == null) {
                problems.add(key
                        + ".uri has no value: write smtp://user:secret@host:port?tls=none|opportunistic|required|verified or smtps://host");
            } else if (!readable(uri)) {
                // the address may hold a password: name the key, never the value
                problems.add(key
                        + ".uri cannot be read: write smtp://user:secret@host:port?tls=none|opportunistic|required|verified or smtps://host,"
                        + " special characters of the password as %40 and the like");
            }
        }
        settings.identities().forEach((name, identity) -> {
            identity.dkim().selectors().stream().filter(selector -> !DkimDesk.isSelector(selector))
                    .forEach(selector -> problems.add("caravan.identities." + name + ".dkim.selectors: '" + selector
                            + "' cannot be a selector: write up to 63 letters, digits and hyphens, in lower case"));
            if (identity.relay() != null) {
                relayExists("caravan.identities." + name + ".relay", identity.relay());
            }
        });
    }

    private static boolean readable(String text) {
        try {
            URI uri = URI.create(text);
            String query = uri.getQuery();
            return ("smtp".equals(uri.getScheme()) || "smtps".equals(uri.getScheme())) && uri.getHost() != null
                    && (query == null || query.startsWith("tls=") && TLS.contains(query.substring(4)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void routing() {
        route("caravan.routing.default", settings.defaultRoute());
        settings.routing().domains().forEach((domain, to) -> route("caravan.routing.domains." + domain, to));
        settings.pacing().warmup().forEach((name, plan) -> {
            String overflow = plan.overflow();
            if (overflow != null) {
                route("caravan.pacing.warmup." + name + ".overflow", overflow);
            }
        });
    }

    private void route(String key, String written) {
        RelayRoute route = RelayRoute.parse(written);
        if (route != null) {
            route.relays().forEach(relay -> relayExists(key, relay));
        } else if (!written.strip().equals("mx") && !written.strip().equals("mailbox")) {
            problems.add(key + "=" + written
                    + " names no way that mail can go: write mx, mailbox, relay:NAME, relay:A,relay:B"
                    + " (B takes what A cannot) or relay:A*3,relay:B*1 (shares, 1 to 999)");
        }
    }

    private void relayExists(String key, String name) {
        if (!settings.relays().containsKey(name)) {
            problems.add(key + " names the relay '" + name + "', which does not exist: set caravan.relays." + name
                    + ".uri=smtp://host:port, or name one of " + settings.relays().keySet());
        }
    }

    private void dns() {
        for (String server : settings.dns().servers()) {
            try {
                DnsServer.parse(server);
            } catch (StartRefused e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
    }

    private void providers() {
        try {
            ProviderFile.read(Path.of(settings.pacing().table()));
        } catch (InvalidInput e) {
            problems.add("caravan.pacing.table: " + e.getMessage());
        } catch (UncheckedIOException e) {
            problems.add("caravan.pacing.table: " + settings.pacing().table()
                    + " cannot be read: make it readable, or remove it");
        }
    }

    private void database() {
        String url = settings.database().url();
        if (url != null && !url.startsWith("jdbc:mariadb://")) {
            problems.add(
                    "caravan.database.url does not begin with jdbc:mariadb://, and only MariaDB 10.11 or newer will do:"
                            + " write jdbc:mariadb://HOST:3306/NAME");
        }
        if (url != null && settings.database().server() != null) {
            problems.add(
                    "caravan.database.url and caravan.database.server are both set: keep the first to use a running server, the second"
                            + " to run one");
        }
    }

    /** Of something that is in memory as a whole. */
    private void size(String key, DataSize written) {
        atLeast(key, written.toBytes(), 1);
        atMost(key, written.toBytes(), 1 << 30);
    }

    private void atLeast(String key, double value, double least) {
        if (value < least) {
            problems.add(key + "=" + text(value) + " is too small: give at least " + text(least));
        }
    }

    private void atMost(String key, double value, double most) {
        if (value > most) {
            problems.add(key + "=" + text(value) + " is too large: give at most " + text(most));
        }
    }

    private static String text(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static @Nullable Object value(Object group, RecordComponent component) {
        try {
            return component.getAccessor().invoke(group);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
