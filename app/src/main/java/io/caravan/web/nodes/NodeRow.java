package io.caravan.web.nodes;

import java.util.List;

import io.caravan.flow.NodeReport.Line;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** A node in words. {@code look} is the class of the state's dot. */
public record NodeRow(int id, String host, int epoch, boolean here, String look, String state, String says,
        Moment started, Moment until, int batches, String rows, List<String> turns) {

    static NodeRow of(Line line) {
        Moment until = Moment.at(line.until());
        return new NodeRow(line.id(), line.host(), line.epoch(), line.here(), line.alive() ? "is-running" : "is-failed",
                line.alive() ? "alive" : "silent", line.alive() ? "lease until" : "silent since",
                Moment.at(line.startedAt()), until, line.batches(),
                Words.number(line.rows()), line.turns().stream().map(NodeRow::turn).toList());
    }

    private static String turn(String task) {
        return task.startsWith("run:") ? "plans run " + task.substring("run:".length()) : task;
    }
}
