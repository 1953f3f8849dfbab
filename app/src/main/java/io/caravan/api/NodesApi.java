package io.caravan.api;

import java.time.Instant;
import java.util.List;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.flow.LostNodes;
import io.caravan.flow.LostNodes.Declared;
import io.caravan.flow.NodeReport;
import io.caravan.flow.NodeReport.Here;
import io.caravan.flow.NodeReport.Line;
import io.caravan.flow.NodeReport.RelayLine;
import io.caravan.flow.NodeReport.Report;
import io.caravan.mail.InvalidInput;
import io.caravan.nodes.DatabaseFigures.Share;

/** Who is running, and how it is. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Nodes and health")
class NodesApi {

    private final NodeReport report;
    private final LostNodes lost;

    NodesApi(NodeReport report, LostNodes lost) {
        this.report = report;
        this.lost = lost;
    }

    /**
     * A node that was ever started on this database.
     *
     * @param alive      its lease is not over
     * @param leaseUntil past: since when it is silent
     * @param here       it is the one that answers
     * @param openRows   mails claimed and not settled
     * @param lostAt     when it was declared lost; null: nobody did since its last start
     * @param turns      what it does alone at the moment
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Node")
    record Shown(int id, String host, int epoch, Instant startedAt, Instant leaseUntil, boolean alive, boolean here,
            int openBatches, long openRows, @Nullable Instant lostAt, List<String> turns) {
        static Shown of(Line line) {
            return new Shown(line.id(), line.host(), line.epoch(), line.startedAt(), line.until(), line.alive(),
                    line.here(), line.batches(), line.rows(), line.lostAt(), line.turns());
        }
    }

    /** @param downSince null while it gives service */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Relay")
    record Relay(String name, String host, int port, int open, int connections, int waiting,
            @Nullable Instant downSince) {
        static Relay of(RelayLine line) {
            return new Relay(line.name(), line.host(), line.port(), line.open(), line.connections(), line.waiting(),
                    line.downSince());
        }
    }

    /** @param away why it gives no answer; null: it does */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "DatabaseHealth")
    record Database(@Nullable String away, String version, double latencySeconds, List<Share> shares) {
    }

    /**
     * How the node that answers is.
     *
     * @param ready   it can take work
     * @param unready why not
     * @param held    why it claims nothing at this moment; null: it may
     * @param claimed mails claimed and not settled, of at most {@code road} for each way out
     * @param queued  finished mails that wait for a connection
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Health")
    record Health(boolean ready, @Nullable String unready, @Nullable String held, long claimed, int road, int queued,
            int unsettledResults, long renderedBytes, long journalBytes, long freeDiskBytes, long diskBytes,
            List<Relay> relays, Database database, long uptimeSeconds, long heapBytes, long heapMostBytes,
            String javaVersion) {
        static Health of(Report report) {
            Here here = report.here();
            return new Health(here.unready() == null, here.unready(), here.held(), here.claimed(), here.road(),
                    here.queued(), here.unsettled(), here.renderedBytes(), here.journalBytes(), here.freeDisk(),
                    here.disk(), here.relays().stream().map(Relay::of).toList(),
                    new Database(report.database().away(), report.database().version(),
                            report.database().latency().toNanos() / 1e9, report.database().shares()),
                    here.uptime().toSeconds(), here.heap(), here.heapMost(), here.java());
        }
    }

    @GetMapping("/nodes")
    @Operation(summary = "Every node that was ever started here; none while the database does not answer", operationId = "listNodes")
    Slice<Shown> nodes() {
        return new Slice<>(report.read().nodes().stream().map(Shown::of).toList(), null);
    }

    /**
     * What became of the mails that a lost node had claimed.
     *
     * @param inDoubt   wait for evidence or a person
     * @param again     are sent again with the same bytes, or have expired
     * @param givenBack were for the built-in mailbox and are claimed anew
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "NodeDeclaredLost")
    record Lost(int node, int batches, int inDoubt, int again, int givenBack) {
    }

    @PostMapping("/nodes/{id}/lost")
    @Operation(summary = "Declare a silent node lost", description = "Its open mails are in doubt: held, or sent again, as each campaign says."
            + " 409 while it is alive.", operationId = "declareNodeLost")
    Lost declareLost(@PathVariable int id) {
        if (lost.of(id).isEmpty()) {
            throw Refused.unknown("node " + id);
        }
        try {
            Declared done = lost.declare(id);
            return new Lost(done.node(), done.batches(), done.inDoubt(), done.again(), done.givenBack());
        } catch (InvalidInput refused) {
            throw Refused.conflict("not_now", String.valueOf(refused.getMessage()));
        }
    }

    @GetMapping("/health")
    @Operation(summary = "How the node that answers is, with reasons", operationId = "getHealth")
    Health health() {
        return Health.of(report.read());
    }
}
