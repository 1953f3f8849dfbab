package io.caravan.web.connections;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import io.caravan.flow.ConnectionReport;
import io.caravan.flow.ConnectionReport.Line;
import io.caravan.flow.ConnectionReport.Report;
import io.caravan.flow.ConnectionReport.Standing;
import io.caravan.flow.NodeReport;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /connections}; with {@code ?live} what moves on it alone, which is all of it. */
@Controller
class ConnectionsPage {

    /** Providers on a page: those that give no service first, then those with the most mail. */
    private static final int MOST = 200;

    private final ConnectionReport report;
    private final NodeReport nodes;

    ConnectionsPage(ConnectionReport report, NodeReport nodes) {
        this.report = report;
        this.nodes = nodes;
    }

    /** A relay or a provider in words. {@code look} is the class of the state's dot; {@code most} "" where it is not known. */
    public record Row(String name, String host, String look, String state, String why, @Nullable Moment since,
            @Nullable Moment until, String open, String queued) {
        static Row of(Line line) {
            return new Row(line.name(), line.host(), look(line.standing()), state(line.standing()), line.why(),
                    Moment.of(line.since()), Moment.of(line.until()),
                    line.most() == 0 ? "none" : line.open() + " of " + line.most(), Words.number(line.queued()));
        }

        private static String look(Standing standing) {
            return switch (standing) {
                case UP -> "is-running";
                case RESTS -> "is-failed";
                case TRIAL -> "is-paused";
            };
        }

        private static String state(Standing standing) {
            return switch (standing) {
                case UP -> "up";
                case RESTS -> "rests";
                case TRIAL -> "on trial";
            };
        }
    }

    /** A node and what it has claimed. {@code open}: its connections; "" of the others, which only they know. */
    public record Node(int id, String host, boolean here, boolean alive, String open, String batches, String mails) {
        static Node of(NodeReport.Line line, int open) {
            return new Node(line.id(), line.host(), line.here(), line.alive(), line.here() ? Words.number(open) : "",
                    Words.number(line.batches()), Words.number(line.rows()));
        }
    }

    @GetMapping("/connections")
    String page(@RequestParam(required = false) @Nullable String live, Model model) {
        Report all = report.read();
        List<Line> providers = all.providers().stream()
                .sorted(java.util.Comparator.comparing((Line line) -> line.standing() == Standing.UP)
                        .thenComparing(line -> -line.queued()).thenComparing(Line::name))
                .toList();
        model.addAttribute("relays", all.relays().stream().map(Row::of).toList());
        model.addAttribute("providers", providers.stream().limit(MOST).map(Row::of).toList());
        model.addAttribute("more", Words.number(Math.max(0, providers.size() - MOST)));
        model.addAttribute("open", Words.number(providers.stream().mapToInt(Line::open).sum()));
        model.addAttribute("most", Words.number(all.mxMost()));
        int open = Stream.concat(all.relays().stream(), all.providers().stream()).mapToInt(Line::open).sum();
        List<Node> known = nodes.nodes().stream().map(line -> Node.of(line, open)).toList();
        model.addAttribute("nodes", known);
        model.addAttribute("here", known.stream().filter(Node::here).map(Node::host).findFirst().orElse("this node"));
        model.addAttribute("others", known.stream().filter(node -> node.alive() && !node.here()).count());
        return live == null ? "web/connections/page" : "web/connections/page :: connections";
    }
}
