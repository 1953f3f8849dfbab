package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Batches;
import io.caravan.flow.InFlight.Held;
import io.caravan.journal.Entry;
import io.caravan.journal.Header;
import io.caravan.journal.Journal;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.Finished;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RowId;
import io.caravan.mail.SmtpReply;
import io.caravan.mail.TemporaryFault;
import io.caravan.nodes.Lease;
import io.caravan.nodes.Node;
import io.caravan.nodes.Nodes;
import io.caravan.shaping.RelayHealth;
import io.caravan.suppression.Feed;
import io.caravan.suppression.Suppression.Ask;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.DeliveryLog;
import io.caravan.transport.LastLook;
import io.caravan.transport.RelayGate;
import io.caravan.transport.Transport;

/**
 * One life of this node, from its new epoch to its last settled result: lease, journal, what the last life left, connections, recorder. Starts
 * before the routes and stops after them.
 */
@Component
public class NodeLife implements SmartLifecycle, DeliveryLog, LastLook {

    private static final Logger log = LoggerFactory.getLogger(NodeLife.class);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(15);
    private static final Duration LAST_SETTLING = Duration.ofSeconds(5);

    private record Running(Node node, Journal journal, Transport transport, ScheduledExecutorService pulse) {
    }

    private final NodeSettings settings;
    private final Nodes nodes;
    private final Feed feed;
    private final Suppressions suppressions;
    private final Recovery recovery;
    private final Recorder recorder;
    private final InFlight inFlight;
    private final Batches batches;
    private final ClosedBatches closed;
    private final RelayHealth relays;
    private final LaneWatch lanes;
    private final InstantSource clock;
    private final Lease lease;
    /** Tests that are under way. They have no row, so neither the journal nor the recorder hears of them. */
    private final Map<RowId, CompletableFuture<DeliveryResult>> tests = new ConcurrentHashMap<>();
    private volatile @Nullable Running running;
    private volatile Duration skew = Duration.ZERO;

    NodeLife(NodeSettings settings, Nodes nodes, Feed feed, Suppressions suppressions, Recovery recovery,
            Recorder recorder, InFlight inFlight,
            Batches batches,
            RelayHealth relays, LaneWatch lanes, InstantSource clock) {
        this.settings = settings;
        this.lease = new Lease(settings.lease(), clock);
        this.nodes = nodes;
        this.feed = feed;
        this.suppressions = suppressions;
        this.recovery = recovery;
        this.recorder = recorder;
        this.inFlight = inFlight;
        this.batches = batches;
        this.closed = new ClosedBatches(inFlight, batches);
        this.relays = relays;
        this.lanes = lanes;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        if (!nodes.hasSecret(settings.name(), settings.secretSha256())) {
            throw new PermanentFault(
                    "The secret in keys/secret is not that of the other nodes of this database, so links and return"
                            + " paths that one makes the others would not know: copy keys/secret and keys/token from one of them"
                            + " (never keys/node), then start again.");
        }
        long sent = lease.sending();
        Node node = nodes.start(settings.name(), settings.host(), settings.bootId());
        nodes.tellStays(node, settings.stays());
        nodes.renew(node, settings.lease()); // at once, or other nodes think it dead until the first pulse
        lease.renewed(sent);
        Journal journal = Journal.open(settings.journal(),
                new Header(nodes.installation(), node.id(), node.epoch(), settings.bootId()));
        recovery.settle(node, journal, settings.bootId());
        recorder.start();
        Transport transport = new Transport(settings.relays(), settings.mx(), settings.transport(), this, this,
                relayGate());
        ScheduledExecutorService pulse = Executors
                .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("lease").factory());
        running = new Running(node, journal, transport, pulse);
        long every = settings.renew().toMillis();
        pulse.scheduleWithFixedDelay(goesOn(this::renew), every, every, TimeUnit.MILLISECONDS);
        pulse.scheduleWithFixedDelay(goesOn(this::forgetSettled), 1000, 1000, TimeUnit.MILLISECONDS);
        log.info("event=node-started node={} epoch={} relays={}", node.id(), node.epoch(), settings.relays().size());
    }

    /** Lets open messages finish, settles what is known, leaves. What is not known by then stands in the journal. */
    @Override
    public synchronized void stop() {
        Running life = running;
        if (life == null) {
            return;
        }
        life.transport().stop(LAST_ANSWERS);
        try {
            recorder.stop(LAST_SETTLING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        life.pulse().shutdownNow();
        life.journal().close();
        running = null;
        log.info("event=node-stopped node={} epoch={} unsettled={}", life.node().id(), life.node().epoch(),
                inFlight.rows());
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    /** After the suppression feed, before Camel's routes. */
    @Override
    public int getPhase() {
        return 1000;
    }

    /** This life. */
    public Node node() {
        return life().node();
    }

    /** Writes that these mails are finished and may leave the queue; returns when that is on the disk. */
    void ready(List<Entry> entries) {
        life().journal().ready(entries);
    }

    void offer(Cleared mail) {
        try {
            life().transport().offer(mail);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            replied(mail.mail(), new DeliveryResult.NotTried("the node is stopping"));
        }
    }

    /** Sends a mail that stands for nobody's row; its result comes to whoever asked, and is kept nowhere. */
    CompletableFuture<DeliveryResult> test(Cleared mail) {
        CompletableFuture<DeliveryResult> result = new CompletableFuture<>();
        tests.put(mail.mail().row(), result);
        offer(mail);
        return result;
    }

    @Override
    public void dot(Finished mail) {
        if (!tests.containsKey(mail.row())) {
            life().journal().dot(SendStep.entry(mail));
        }
    }

    @Override
    public void turnedAway(Finished mail, SmtpReply reply) {
        Held batch = inFlight.batch(mail.batch().value());
        if (batch != null) { // else it is a test, or the batch was declared lost
            lanes.turnedAway(batch.row(mail.row().n()), reply);
        }
    }

    @Override
    public void replied(Finished mail, DeliveryResult result) {
        CompletableFuture<DeliveryResult> test = tests.remove(mail.row());
        if (test != null) {
            test.complete(result);
            return;
        }
        try {
            life().journal().replied(SendStep.entry(mail), result);
        } catch (RuntimeException broken) { // whatever it is: the result is known, and is settled all the same
            log.error("event=journal-broken row={} what={} todo=mend the disk; nothing is sent meanwhile", mail.row(),
                    broken.getMessage());
        }
        Held batch = inFlight.batch(mail.batch().value());
        if (batch != null) {
            batch.waitsNoMore(mail);
            recorder.take(batch, mail.row(), mail.attempt(), result);
        }
    }

    @Override
    public @Nullable String suppressed(Cleared mail) {
        Finished about = mail.mail();
        String address = about.envelope().recipient().canonical();
        if (feed.covers(mail.checkedAtNanos())) {
            return feed.suppressed(address, about.identity(), about.list());
        }
        Long id = suppressions.suppressed(new Ask(address, about.identity(), about.list())); // the feed had to forget: rare
        return id == null ? null : "suppression:" + id;
    }

    @Override
    public boolean mayStart() {
        Running life = running;
        return life != null && lease.fresh() && feed.fresh() && life.journal().broken() == null;
    }

    /** Why this node must not be given work; null: it may. */
    @Nullable
    String unready() {
        Running life = running;
        if (life == null) {
            return "the node is starting or stopping";
        }
        String broken = life.journal().broken();
        return broken != null
                ? "the journal cannot be written: " + broken
                : lease.fresh()
                        ? null
                        : "the lease is not fresh: the database does not answer, another life of this node has begun, or it was"
                                + " declared lost (then restart it)";
    }

    /** The relays as they stand, none while the node is not running. */
    List<Transport.Standing> standing() {
        Running life = running;
        return life == null ? List.of() : life.transport().standing();
    }

    /** Mail exchangers by provider, those that there is mail for now. */
    List<Transport.MxStanding> mxStanding() {
        Running life = running;
        return life == null ? List.of() : life.transport().mxStanding();
    }

    /** Providers whose hosts give no service. */
    Map<String, Transport.MxTrouble> mxTroubles() {
        Running life = running;
        return life == null ? Map.of() : life.transport().mxTroubles();
    }

    /** See {@link Transport#mxServes}. */
    boolean mxServes(String provider) {
        Running life = running;
        return life != null && life.transport().mxServes(provider);
    }

    int openConnections() {
        Running life = running;
        return life == null ? 0 : life.transport().openConnections();
    }

    long journalBytes() {
        return life().journal().bytes();
    }

    @Nullable
    String journalBroken() {
        return life().journal().broken();
    }

    boolean leaseFresh() {
        return lease.fresh();
    }

    boolean feedFresh() {
        return feed.fresh();
    }

    /** How far this clock is from the database's, always positive. */
    Duration skew() {
        return skew;
    }

    NodeSettings settings() {
        return settings;
    }

    private Running life() {
        Running life = running;
        if (life == null) {
            throw new TemporaryFault("this node is not running: it is starting or stopping");
        }
        return life;
    }

    /** Without a renewal the lease ends and nothing is sent; with the next one all goes on. */
    private static Runnable goesOn(Runnable turn) {
        return TurnFaults.goesOn(log,
                "event=lease-turn-failed what={} todo=give this process more memory, or restart it",
                turn);
    }

    private void renew() {
        try {
            long sent = lease.sending();
            Instant before = clock.instant();
            Instant there = nodes.databaseNow();
            skew = Duration.between(before, there).abs();
            if (nodes.renew(node(), settings.lease())) {
                lease.renewed(sent);
            } else {
                lease.lost();
                log.error(
                        "event=lease-lost node={} what=another life of this node has begun, or it was declared lost todo=restart this process: its journal settles what is in doubt",
                        node().id());
            }
        } catch (RuntimeException e) {
            log.warn("event=lease-not-renewed what={}", e.toString());
        }
    }

    /** Segments of the journal go when every batch in them is forgotten. */
    private void forgetSettled() {
        try {
            closed.forget(life().journal());
        } catch (RuntimeException e) {
            log.warn("event=journal-not-shortened what={}", e.toString());
        }
    }

    RelayGate relayGate() {
        return new RelayGate() {
            @Override
            public boolean mayTry(String relay) {
                return relays.mayTry(relay);
            }

            @Override
            public void worked(String relay) {
                relays.worked(relay);
            }

            @Override
            public void failed(String relay, String why) {
                relays.failed(relay, why);
            }

            @Override
            public boolean refusesToRelay(SmtpReply reply) {
                return lanes.refusesToRelay(reply);
            }
        };
    }
}
