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

import io.caravan.flow.ConnectionReport;
import io.caravan.flow.NodeReport;

/** Who the node that answers is connected to. */
@RestController
@RequestMapping("/api/v1/connections")
@Tag(name = "Connections")
class ConnectionsApi {

    private final ConnectionReport report;
    private final NodeReport nodes;

    ConnectionsApi(ConnectionReport report, NodeReport nodes) {
        this.report = report;
        this.nodes = nodes;
    }

    /**
     * A relay, or the hosts of a provider.
     *
     * @param host      of a relay, with its port
     * @param open      connections that are ready or busy, of at most {@code connections}
     * @param waiting   finished mails that wait for one
     * @param state     up, rests, trial (one mail finds out)
     * @param why       it is not up
     * @param downSince of a relay
     * @param restUntil when one mail may find out how it is
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Connection")
    record Shown(String name, @Nullable String host, int open, int connections, int waiting, String state,
            @Nullable String why, @Nullable Instant downSince, @Nullable Instant restUntil) {
        static Shown of(ConnectionReport.Line line) {
            return new Shown(line.name(), line.host().isEmpty() ? null : line.host(), line.open(), line.most(),
                    line.queued(), line.standing().word(), line.why().isEmpty() ? null : line.why(), line.since(),
                    line.until());
        }
    }

    /** What a node has claimed and not settled; {@code here}: it is the one that answers. */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "NodeInHand")
    record Node(int id, String host, boolean here, boolean alive, int openBatches, long openRows) {
    }

    /**
     * @param providers     those that there is mail for now, and those that give no service
     * @param mxConnections to mail exchangers at once in all, at most
     * @param nodes         empty while the database does not answer
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Connections")
    record Answer(List<Shown> relays, List<Shown> providers, int mxConnections, List<Node> nodes) {
    }

    @GetMapping
    @Operation(summary = "Connections of this node, and what all nodes have in hand", operationId = "getConnections")
    Answer read() {
        ConnectionReport.Report all = report.read();
        return new Answer(all.relays().stream().map(Shown::of).toList(),
                all.providers().stream().map(Shown::of).toList(), all.mxMost(),
                nodes.nodes().stream().map(node -> new Node(node.id(), node.host(), node.here(), node.alive(),
                        node.batches(), node.rows())).toList());
    }
}
