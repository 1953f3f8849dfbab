package io.caravan.api;

import java.time.Instant;
import java.util.List;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.flow.NodeReport;
import io.caravan.flow.NodeReport.Here;
import io.caravan.flow.NodeReport.Line;
import io.caravan.flow.NodeReport.RelayLine;
import io.caravan.flow.NodeReport.Report;
import io.caravan.nodes.DatabaseFigures.Share;

/** Who is running, and how it is. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Nodes and health")
class NodesApi {

    private final NodeReport report;

    NodesApi(NodeReport report) {
        this.report = report;
    }

    /**
     * A node that was ever started on this database.
     *
     * @param alive      its lease is not over
     * @param leaseUntil past: since when it is silent
     * @param here       it is the one that answers
     * @param openRows   mails claimed and not settled
     * @param turns      what it does alone at the moment
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Node")
    record Shown(int id, String host, int epoch, Instant startedAt, Instant leaseUntil, boolean alive, boolean here,
            int openBatches, long openRows, List<String> turns) {
        static Shown of(Line line) {
            return new Shown(line.id(), line.host(), line.epoch(), line.startedAt(), line.until(), line.alive(),
                    line.here(), line.batches(), line.rows(), line.turns());
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

    @GetMapping("/health")
    @Operation(summary = "How the node that answers is, with reasons", operationId = "getHealth")
    Health health() {
        return Health.of(report.read());
    }
}
