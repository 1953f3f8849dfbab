package io.caravan.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.quartz.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

import io.caravan.flow.Identity;
import io.caravan.flow.Keeping;
import io.caravan.flow.NodeSettings;
import io.caravan.flow.Pump;
import io.caravan.flow.ReplyRulesFile;
import io.caravan.flow.RouteApi;
import io.caravan.flow.RouteCheck;
import io.caravan.flow.RouteFile;
import io.caravan.flow.RouteProperties;
import io.caravan.flow.RouteSet;
import io.caravan.flow.Seam;
import io.caravan.flow.Sending;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;
import io.caravan.mail.RowState;
import io.caravan.scheduling.Schedules;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.DailyQuota;
import io.caravan.shaping.RelayHealth;
import io.caravan.shaping.ReplyRules;
import io.caravan.shaping.RetrySchedule;
import io.caravan.shaping.Slowing;
import io.caravan.shaping.WarmUp;
import io.caravan.shaping.WarmUps;
import io.caravan.transport.Dns;
import io.caravan.transport.HostNames;
import io.caravan.transport.Relay;
import io.caravan.transport.ServerNames;
import io.caravan.transport.Transport;
import io.caravan.transport.Trust;
import io.caravan.transport.Waits;
import io.caravan.web.AccessToken;

/** From what is configured to what the road is made of. Decides nothing: a value that cannot work stops the start with a sentence. */
@Configuration(proxyBeanMethods = false)
class RoadWiring {

    private static final Logger log = LoggerFactory.getLogger(RoadWiring.class);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    @Bean
    Sending sending(CaravanProperties settings, ConfigurableEnvironment environment) {
        Map<String, Identity> identities = new HashMap<>();
        settings.identities().forEach((name, identity) -> identities.put(name, identity(name, identity)));
        Map<String, Rate> relayRates = new HashMap<>();
        settings.relays().forEach((name, relay) -> put(relayRates, name, relay.rate()));
        Map<String, Rate> providerRates = new HashMap<>();
        Map<String, String> pins = new HashMap<>();
        settings.pacing().providers().forEach((name, provider) -> {
            put(providerRates, name, provider.rate());
            provider.domains().forEach(domain -> pins.put(domain.toLowerCase(Locale.ROOT), name));
        });
        Sending sending = new Sending(!settings.production(), verified(settings), settings.defaultRoute(),
                settings.routing().domains(),
                identities, settings.pacing().overall(), relayRates, providerRates, pins,
                PublicUrl.of(settings, environment),
                settings.batches().size(), settings.queue() + 2 * settings.batches().size() + 100,
                settings.batches().memory().toBytes(),
                settings.batches().linger());
        refuseUnreachable(settings, sending);
        PublicUrl.problem(settings, environment)
                .ifPresent(problem -> log.warn("event=public-url what=\"{}\"", problem));
        return sending;
    }

    private static Identity identity(String name, CaravanProperties.Identity written) {
        String domain = written.domain() == null ? name : written.domain().toLowerCase(Locale.ROOT);
        String returnPath = written.returnPath() == null ? "bounces." + domain : written.returnPath();
        String feedbackId = written.feedbackId() == null ? name : written.feedbackId();
        return new Identity(name, domain, returnPath, written.listId(), feedbackId, written.relay(), written.rate(),
                quota(name, written.quota()));
    }

    private static @Nullable DailyQuota quota(String name, CaravanProperties.@Nullable Quota written) {
        try {
            return written == null ? null : new DailyQuota(written.daily(), written.zone());
        } catch (InvalidInput e) {
            throw new StartRefused("caravan.identities." + name + ".quota.daily: " + String.join(", ", e.problems()),
                    e);
        }
    }

    private static void put(Map<String, Rate> rates, String name, @Nullable Rate rate) {
        if (rate != null) {
            rates.put(name, rate);
        }
    }

    private static Set<String> verified(CaravanProperties settings) {
        return settings.sandbox().verified().stream().map(entry -> entry.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /** Every route must end somewhere before the first mail goes. */
    private static void refuseUnreachable(CaravanProperties settings, Sending sending) {
        for (String relay : sending.relaysNamed()) {
            if (!settings.relays().containsKey(relay)) {
                throw new StartRefused("caravan.routing names the relay " + relay
                        + ", which is not configured: set caravan.relays." + relay
                        + ".uri=smtp://HOST:PORT");
            }
        }
    }

    @Bean
    NodeSettings nodeSettings(CaravanProperties settings, Secrets secrets, Transport.Mx mx, Trust trust, Dns dns,
            Sending sending) {
        List<Relay> relays = settings.relays().entrySet().stream().map(entry -> relay(entry.getKey(), entry.getValue()))
                .toList();
        String host = host();
        String helo = settings.helo() == null ? host : settings.helo();
        List<InetAddress> bind = settings.bind().stream().map(RoadWiring::address).toList();
        // the road's own limit is what holds claims back; with it the queue never blocks one relay's batch behind another's
        int queue = (settings.queue() + 2 * settings.batches().size() + 100)
                * (relays.size() + 1 + NodeSettings.MX_ROADS);
        return new NodeSettings(secrets.node(), host, bootId(), secrets.sha256(), settings.dataFolder().root(),
                settings.dataFolder().journal(),
                settings.waits().lease(), settings.waits().leaseRenew(), relays, mx,
                new Transport.Settings(helo, bind, waits(settings), queue, trust, names(settings, dns)),
                sending.stays());
    }

    /** Servers that are named are asked for relays, too; without, the system may have more ways than the DNS. */
    private static HostNames names(CaravanProperties settings, Dns dns) {
        return settings.dns().servers().isEmpty() ? HostNames.OF_SYSTEM : new ServerNames(dns);
    }

    private static Waits waits(CaravanProperties settings) {
        CaravanProperties.Smtp smtp = settings.smtp();
        return new Waits(smtp.connect(), smtp.greeting(), smtp.mailFrom(), smtp.rcpt(), smtp.data(), smtp.block(),
                settings.waits().dotTimeout(), smtp.idle());
    }

    private static Relay relay(String name, CaravanProperties.Relay written) {
        if (written.uri() == null) {
            throw new StartRefused(
                    "caravan.relays." + name + " has no uri: set caravan.relays." + name + ".uri=smtp://HOST:PORT");
        }
        return Relay.parse(name, written.uri(), written.connections());
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new StartRefused("caravan.bind: " + text + " is no address of this machine", e);
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "unknown"; // not Linux: a loss of power cannot be told from a restart
        }
    }

    @Bean
    Seam seam(CaravanProperties settings, Clock clock) {
        CaravanProperties.Seam written = settings.seam();
        return new Seam(written.batches(), written.claim(), written.deliver(), written.longest(), clock);
    }

    @Bean
    Keeping keeping(CaravanProperties settings) {
        CaravanProperties.Retention written = settings.retention();
        return new Keeping(written.ledger(), written.drop(), written.mailbox());
    }

    @Bean
    RetrySchedule retrySchedule(CaravanProperties settings) {
        CaravanProperties.Retry retry = settings.retry();
        return new RetrySchedule(retry.first(), retry.factor(), retry.maxInterval(), retry.expire());
    }

    /** Bounces count with policy blocks, deferrals as replies bring them; complaints come with feedback. */
    @Bean
    BreakerRules breakerRules(CaravanProperties settings) {
        CaravanProperties.Breakers breakers = settings.breakers();
        Set<RowState> ends = Set.of(RowState.ACCEPTED, RowState.BOUNCED);
        return new BreakerRules(List.of(
                breaker("bounce", breakers.bounce(), Set.of(RowState.BOUNCED), ends),
                breaker("complaint", breakers.complaint(), Set.of(RowState.COMPLAINED),
                        Set.of(RowState.ACCEPTED, RowState.COMPLAINED)),
                breaker("deferral", breakers.deferral(), Set.of(RowState.DEFERRED),
                        Set.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED))));
    }

    private static BreakerRule breaker(String measure, CaravanProperties.Breaker written, Set<RowState> bad,
            Set<RowState> of) {
        return new BreakerRule(measure, written.threshold().fraction(), written.minimum(), written.window(),
                written.pause(), written.trickle(), bad, of);
    }

    @Bean
    Slowing slowing(CaravanProperties settings) {
        CaravanProperties.Slowing written = settings.pacing().slowing();
        return new Slowing(written.factor().fraction(), written.floor().fraction(), written.pause(),
                written.recovery());
    }

    @Bean
    WarmUps warmUps(CaravanProperties settings) {
        List<WarmUp> plans = new ArrayList<>();
        settings.pacing().warmup().forEach((name, plan) -> plans.add(warmUp(name, plan)));
        return new WarmUps(plans);
    }

    private static WarmUp warmUp(String name, CaravanProperties.WarmUp written) {
        if (written.begin() == null) {
            throw new StartRefused("caravan.pacing.warmup." + name
                    + ".begin has no value: write the first day, as in 2026-12-01");
        }
        try {
            return new WarmUp(written.identity() == null ? name : written.identity(),
                    written.provider() == null ? "*" : written.provider(), written.begin(), written.daily(),
                    written.overflow() == null ? null : written.overflow().replace(" ", ""));
        } catch (InvalidInput e) {
            throw new StartRefused(String.join("\n", e.problems()), e);
        }
    }

    @Bean
    ReplyRules replyRules(CaravanProperties settings) {
        try {
            return ReplyRulesFile.read(Path.of(settings.replies()));
        } catch (InvalidInput e) {
            throw new StartRefused(String.join("\n", e.problems()), e);
        }
    }

    @Bean
    RelayHealth relayHealth(CaravanProperties settings, Clock clock) {
        return new RelayHealth(settings.waits().relayRest(), clock);
    }

    @Bean
    Schedules schedules(Scheduler scheduler) {
        return new Schedules(scheduler);
    }

    @Bean
    AccessToken accessToken(Secrets secrets) {
        return new AccessToken(secrets.token());
    }

    @Bean
    RouteSet routeSet(CaravanProperties settings, RouteProperties properties, Pump pump) {
        Path folder = Path.of(settings.routes());
        return new RouteSet(new RouteCheck(RouteApi.scanned(), properties), () -> RouteFile.layered(folder), pump);
    }

    @Bean
    static RouteProperties routeProperties(CaravanProperties settings, ConfigurableEnvironment environment) {
        Map<String, String> reckoned = Map.of("caravan.drop", settings.dataFolder().drop().toString(),
                "caravan.batches.workers", Integer.toString(settings.batches().atOnce()));
        return key -> reckoned.containsKey(key) ? reckoned.get(key) : environment.getProperty(key);
    }
}
