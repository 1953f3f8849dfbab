package io.caravan.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

import io.caravan.mail.Rate;
import io.caravan.transport.SpecialAddresses;

/**
 * Every {@code caravan.*} key. Defaults and what each key means stand in {@code application.yaml}; {@link Settings} reads and checks them.
 * Folders are text here because Spring would look for a relative {@code Path} on the class path first.
 */
@ConfigurationProperties("caravan")
public record CaravanProperties(Mode mode, @Nullable String publicUrl, @Nullable String helo,
        @DefaultValue List<String> bind,
        @DefaultValue Map<String, Identity> identities, String data, Database database,
        @DefaultValue Map<String, Relay> relays,
        @DefaultValue Routing routing, @DefaultValue Dns dns, Mx mx, @DefaultValue Pacing pacing, Breakers breakers,
        Batches batches, int queue, Smtp smtp, Tls tls,
        Seam seam, Intake intake, MailLimits mail, Retention retention, Retry retry, @DefaultValue Sandbox sandbox,
        String routes,
        String templates, String replies, @DefaultValue Listener inbound, @DefaultValue Listener submission,
        Waits waits) {

    public enum Mode {
        SANDBOX, PRODUCTION
    }

    /** @param returnPath the domain that bounces come to; {@code bounces.DOMAIN} if null */
    public record Identity(@Nullable String domain, @Nullable String returnPath, @DefaultValue Dkim dkim,
            @Nullable String listId,
            @Nullable String feedbackId, @Nullable String relay, @Nullable Rate rate, @Nullable Quota quota) {
    }

    /** @param daily mails @param zone where a day begins */
    public record Quota(long daily, @DefaultValue("UTC") ZoneId zone) {
    }

    public record Dkim(@DefaultValue List<String> selectors) {
    }

    /**
     * @param url        an external server's; embedded if null
     * @param bufferPool of the embedded one; by this machine's memory if null
     */
    public record Database(@Nullable String url, @Nullable String username, @Nullable String password,
            @Nullable String server,
            @Nullable DataSize bufferPool, DataSize logSize) {
    }

    public record Relay(@Nullable String uri, @DefaultValue("20") int connections, @Nullable Rate rate) {
    }

    /** @param standard {@code mx}, {@code mailbox}, {@code relay:NAME}, {@code relay:A,relay:B} or {@code relay:A*3,relay:B*1}; by the mode if null */
    public record Routing(@Name("default") @Nullable String standard, @DefaultValue Map<String, String> domains) {
    }

    /**
     * @param timeout for one question to one server
     * @param entries answers that are remembered at most
     */
    public record Dns(@DefaultValue List<String> servers, Duration timeout, int entries) {
    }

    /**
     * @param port     25 everywhere but in tests
     * @param messages on one connection, at most
     * @param age      after which a connection begins no further mail
     * @param specialAddresses loopback, link-local and the like, when a domain's DNS names them
     */
    public record Mx(int port, int connections, int messages, Duration age, SpecialAddresses specialAddresses) {
    }

    /**
     * How long each step of a session may take (RFC 5321 section 4.5.3.2; the answer to the final dot: {@code caravan.waits.dot-timeout}).
     */
    public record Smtp(Duration connect, Duration greeting, @Name("mail") Duration mailFrom, Duration rcpt,
            Duration data, Duration block, Duration idle) {
    }

    public enum TlsPolicy {
        NONE, OPPORTUNISTIC, REQUIRED, VERIFIED
    }

    /**
     * For mail exchangers; relays say it in their URI.
     *
     * @param domains by recipient domain
     * @param roots   PEM file of authorities that count beside this Java's
     * @param dane    TLSA records count where the resolver validates
     */
    public record Tls(@Name("default") TlsPolicy standard, @DefaultValue Map<String, TlsPolicy> domains,
            @Nullable String roots, boolean dane, MtaSts mtaSts, TlsReports reports) {
    }

    /**
     * Reports after RFC 8460.
     *
     * @param from         whose name they are in; needed if they are to be sent
     * @param organization the domain of that address if null
     */
    public record TlsReports(boolean enabled, @Nullable String from, @Nullable String organization) {
    }

    /** @param port of the policies' servers: 443 everywhere but in tests */
    public record MtaSts(boolean enabled, Duration timeout, int port) {
    }

    /** @param table replaces the packed table of providers if it exists */
    public record Pacing(@Nullable Rate overall, @DefaultValue Map<String, Provider> providers,
            @DefaultValue("./providers.yaml") String table, Slowing slowing,
            @DefaultValue Map<String, WarmUp> warmup) {
    }

    /** @param recovery from nothing to the full rate */
    public record Slowing(Share factor, Share floor, Duration pause, Duration recovery) {
    }

    /** @param provider all if null @param daily mails on the first day, the second ... @param overflow a route, for what is over */
    public record WarmUp(@Nullable String identity, @Nullable String provider, @Nullable LocalDate begin,
            @DefaultValue List<Long> daily, @Nullable String overflow) {
    }

    public record Provider(@DefaultValue List<String> mx, @DefaultValue List<String> domains, @Nullable Rate rate,
            @DefaultValue("10") int connections) {
    }

    public record Breakers(Breaker bounce, Breaker complaint, Breaker deferral) {
    }

    public record Breaker(Share threshold, int minimum, Duration window, @Name("wait") Duration pause, Rate trickle) {
    }

    /** @param workers how many batches are made at once; as many as the machine has cores if null */
    public record Batches(int size, DataSize memory, Duration linger, @Nullable Integer workers) {

        public int atOnce() {
            return workers == null ? Runtime.getRuntime().availableProcessors() : workers;
        }
    }

    /**
     * @param claim   whether this node claims
     * @param deliver whether this node takes references, renders and sends
     * @param longest how long a reference may wait at a broker before its batch is given back
     */
    public record Seam(String batches, boolean claim, boolean deliver, @Name("wait") Duration longest) {

        boolean isLocal() {
            return batches.startsWith("seda:");
        }
    }

    /** @param ratio how many times larger than its gzip a file may be */
    public record Intake(DataSize field, DataSize record, int columns, DataSize unpacked, int ratio) {
    }

    public record MailLimits(DataSize template, DataSize size, int attachments, DataSize attributes) {
    }

    public record Retention(Duration ledger, Duration drop, Duration mailbox, Duration events, Duration rawReports) {
    }

    public record Retry(Duration first, double factor, Duration maxInterval, Duration expire) {
    }

    public record Sandbox(@DefaultValue List<String> verified) {
    }

    /** @param port off if null */
    public record Listener(@Nullable Integer port) {
    }

    /** Waits that tests shorten and nobody else should need to. */
    public record Waits(Duration dotTimeout, Duration lease, Duration leaseRenew, Duration relayRest,
            Duration keyNotice, Duration tlsReports) {
    }

    public DataFolder dataFolder() {
        return new DataFolder(Path.of(data));
    }

    public boolean production() {
        return mode == Mode.PRODUCTION;
    }

    /** Where mail goes that no domain rule names: what is written, else the mailbox in sandbox and MX in production. */
    public String defaultRoute() {
        String written = routing.standard();
        return written != null ? written : production() ? "mx" : "mailbox";
    }
}
