package io.caravan.flow;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Batches;
import io.caravan.nodes.DatabaseFigures;
import io.caravan.nodes.KnownNode;
import io.caravan.nodes.Nodes;
import io.caravan.nodes.Turns;
import io.caravan.shaping.RelayHealth;

/** How the nodes, this one and the database are, for people. Answers also when the database does not. */
@Component
public class NodeReport {

    private static final Logger log = LoggerFactory.getLogger(NodeReport.class);
    private static final Duration SHARES_KEPT = Duration.ofSeconds(30);

    /**
     * A node that was ever started on this database.
     *
     * @param alive   its lease is not over, by the database's clock
     * @param here    it is the one that answers
     * @param batches open, with {@code rows} claimed and not settled
     * @param lostAt  when it was declared lost; null: nobody did
     * @param turns   what it does alone at the moment: {@code housekeeping}, {@code run:17}
     */
    public record Line(int id, String host, int epoch, Instant startedAt, Instant until, boolean alive, boolean here,
            int batches, long rows, @Nullable Instant lostAt, List<String> turns) {

        /** It holds mail that nobody settles until it comes back or is declared lost. */
        public boolean isSilentWithMail() {
            return !alive && !here && batches > 0;
        }
    }

    /** A relay of this node. {@code downSince}: null while it gives service. */
    public record RelayLine(String name, String host, int port, int open, int connections, int waiting,
            @Nullable Instant downSince) {
    }

    /**
     * The node that answers.
     *
     * @param unready  why it must not be given work; null: it is ready
     * @param held     why it claims nothing at this moment; null: it may
     * @param claimed  rows claimed and not settled, of at most {@code road} for each route
     * @param queued   finished mails that wait for a connection
     * @param unsettled results that wait for the database
     * @param renderedBytes of finished mail in flight, of at most {@code memory}
     */
    public record Here(@Nullable String unready, @Nullable String held, long claimed, int road, int queued,
            int unsettled, long renderedBytes, long memory, long journalBytes, long freeDisk, long disk, String data,
            List<RelayLine> relays, Duration uptime, long heap, long heapMost, String java) {
    }

    /**
     * The database.
     *
     * @param away null: it answers, in {@code latency}
     */
    public record Database(@Nullable String away, String version, Duration latency,
            List<DatabaseFigures.Share> shares) {
    }

    /** All of it. {@code nodes} is empty while the database does not answer. */
    public record Report(List<Line> nodes, Here here, Database database) {
    }

    private record Shares(Instant at, String version, List<DatabaseFigures.Share> of) {
    }

    private final Nodes nodes;
    private final Turns turns;
    private final Batches batches;
    private final DatabaseFigures database;
    private final NodeLife life;
    private final NodeHealth health;
    private final NodeHold hold;
    private final InFlight inFlight;
    private final Recorder recorder;
    private final RelayHealth relays;
    private final Sending sending;
    private final InstantSource clock;
    private volatile @Nullable Shares shares;

    NodeReport(Nodes nodes, Turns turns, Batches batches, DatabaseFigures database, NodeLife life, NodeHealth health,
            NodeHold hold, InFlight inFlight, Recorder recorder, RelayHealth relays, Sending sending,
            InstantSource clock) {
        this.nodes = nodes;
        this.turns = turns;
        this.batches = batches;
        this.database = database;
        this.life = life;
        this.health = health;
        this.hold = hold;
        this.inFlight = inFlight;
        this.recorder = recorder;
        this.relays = relays;
        this.sending = sending;
        this.clock = clock;
    }

    public Report read() {
        try {
            Duration latency = database.latency();
            Shares size = shares();
            return new Report(lines(), here(), new Database(null, size.version(), latency, size.of()));
        } catch (RuntimeException away) {
            log.info("event=report-without-database what={}", away.toString());
            return new Report(List.of(), here(), new Database("it does not answer: see whether it runs, and its log",
                    "", Duration.ZERO, List.of()));
        }
    }

    /** The nodes alone; empty while the database does not answer. */
    public List<Line> nodes() {
        try {
            return lines();
        } catch (RuntimeException away) {
            log.info("event=report-without-database what={}", away.toString());
            return List.of();
        }
    }

    /** Of this node alone; asks no database. */
    public Here here() {
        Runtime java = Runtime.getRuntime();
        java.io.File data = life.settings().data().toFile();
        List<RelayLine> lines = life.standing().stream().map(each -> new RelayLine(each.relay().name(),
                each.relay().host(), each.relay().port(), each.open(), each.relay().connections(), each.waiting(),
                relays.downSince(each.relay().name()).orElse(null))).toList();
        return new Here(health.unready().orElse(null), hold.now().orElse(null), inFlight.rows(), sending.road(),
                lines.stream().mapToInt(RelayLine::waiting).sum(), recorder.waiting(), inFlight.bytes(),
                sending.memory(), life.isRunning() ? life.journalBytes() : 0, data.getUsableSpace(),
                data.getTotalSpace(),
                life.settings().data().toString(), lines,
                Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()),
                java.totalMemory() - java.freeMemory(), java.maxMemory(), Runtime.version().toString());
    }

    private Shares shares() {
        Shares known = shares;
        Instant now = clock.instant();
        if (known == null || known.at().plus(SHARES_KEPT).isBefore(now)) {
            known = new Shares(now, database.version(), database.shares());
            shares = known;
        }
        return known;
    }

    private List<Line> lines() {
        Instant now = nodes.databaseNow();
        Map<Integer, Batches.Open> open = batches.openByNode().stream()
                .collect(Collectors.toMap(Batches.Open::node, each -> each));
        List<Turns.Held> held = turns.held();
        int here = life.isRunning() ? life.node().id() : 0;
        return nodes.list().stream().map(node -> line(node, now, open.get(node.id()), held, here)).toList();
    }

    private static Line line(KnownNode node, Instant now, Batches.@Nullable Open open, List<Turns.Held> held,
            int here) {
        List<String> tasks = held.stream().filter(turn -> turn.node() == node.id()).map(Turns.Held::task).toList();
        return new Line(node.id(), node.host(), node.epoch(), node.startedAt(), node.until(), node.until().isAfter(now),
                node.id() == here, open == null ? 0 : open.batches(), open == null ? 0 : open.rows(),
                node.lostAt(), tasks);
    }
}
