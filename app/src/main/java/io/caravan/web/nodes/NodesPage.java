package io.caravan.web.nodes;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import io.caravan.flow.NodeReport;
import io.caravan.flow.NodeReport.Database;
import io.caravan.flow.NodeReport.Here;
import io.caravan.flow.NodeReport.RelayLine;
import io.caravan.flow.NodeReport.Report;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /nodes}; with {@code ?live} what moves on it alone, which is all of it. */
@Controller
class NodesPage {

    private final NodeReport report;
    private final String version;

    NodesPage(NodeReport report, ObjectProvider<BuildProperties> build) {
        this.report = report;
        BuildProperties known = build.getIfAvailable();
        version = known == null ? "development" : known.getVersion() + " (commit " + known.get("commit") + ")";
    }

    /** A relay in words. */
    public record Relay(String name, String host, String look, String state, @Nullable Moment since, String open,
            String waiting) {
        static Relay of(RelayLine line) {
            boolean up = line.downSince() == null;
            return new Relay(line.name(), line.host() + ":" + line.port(), up ? "is-running" : "is-failed",
                    up ? "up" : "gives no service", Moment.of(line.downSince()),
                    line.open() + " of " + line.connections(), Words.number(line.waiting()));
        }
    }

    /** A name and how much. */
    public record Share(String room, String size) {
    }

    @GetMapping("/nodes")
    String page(@RequestParam(required = false) @Nullable String live, Model model) {
        Report all = report.read();
        Here here = all.here();
        model.addAttribute("program", version);
        model.addAttribute("nodes", all.nodes().stream().map(NodeRow::of).toList());
        model.addAttribute("ready", here.unready() == null);
        model.addAttribute("unready", here.unready());
        model.addAttribute("held", here.held());
        database(all.database(), model);
        here(here, model);
        return live == null ? "web/nodes/page" : "web/nodes/page :: health";
    }

    private static void database(Database database, Model model) {
        model.addAttribute("away", database.away());
        model.addAttribute("version", database.version());
        model.addAttribute("latency", String.format(Locale.ROOT, "%.1f ms", database.latency().toNanos() / 1e6));
        model.addAttribute("size",
                Words.size(database.shares().stream().mapToLong(share -> share.bytes()).sum()));
        model.addAttribute("shares",
                database.shares().stream().map(share -> new Share(share.room(), Words.size(share.bytes()))).toList());
    }

    private static void here(Here here, Model model) {
        List<Relay> relays = here.relays().stream().map(Relay::of).toList();
        model.addAttribute("relays", relays);
        model.addAttribute("claimed", Words.number(here.claimed()));
        model.addAttribute("road", Words.number(here.road()));
        model.addAttribute("queued", Words.number(here.queued()));
        model.addAttribute("unsettled", Words.number(here.unsettled()));
        model.addAttribute("rendered", Words.size(here.renderedBytes()) + " of " + Words.size(here.memory()));
        model.addAttribute("journal", Words.size(here.journalBytes()));
        model.addAttribute("free", Words.size(here.freeDisk()) + " of " + Words.size(here.disk()));
        model.addAttribute("data", here.data());
        model.addAttribute("uptime", Words.duration(here.uptime()));
        model.addAttribute("heap", Words.size(here.heap()) + " of " + Words.size(here.heapMost()));
        model.addAttribute("java", here.java());
    }
}
