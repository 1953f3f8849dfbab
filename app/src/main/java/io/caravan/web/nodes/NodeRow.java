package io.caravan.web.nodes;

import java.time.Instant;
import java.util.List;

import io.caravan.flow.NodeReport.Line;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** A node in words. {@code look} is the class of the state's dot. */
public record NodeRow(int id, String host, int epoch, boolean here, String look, String state, String says,
        Moment started, Moment until, int batches, String rows, boolean silentWithMail, List<String> turns) {

    static NodeRow of(Line line) {
        Instant lostAt = line.lostAt();
        boolean lost = lostAt != null;
        Moment until = Moment.at(lostAt != null ? lostAt : line.until());
        return new NodeRow(line.id(), line.host(), line.epoch(), line.here(), line.alive() ? "is-running" : "is-failed",
                line.alive() ? "alive" : lost ? "lost" : "silent",
                line.alive() ? "lease until" : lost ? "declared lost" : "silent since",
                Moment.at(line.startedAt()), until, line.batches(),
                Words.number(line.rows()), line.isSilentWithMail(), line.turns().stream().map(NodeRow::turn).toList());
    }

    private static String turn(String task) {
        return task.startsWith("run:") ? "plans run " + task.substring("run:".length()) : task;
    }
}
