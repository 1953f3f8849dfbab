package io.caravan.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.delivery.Ledger;
import io.caravan.flow.LedgerLine;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowState;

/** {@code ledger}: what became of everybody. */
@Command(name = "ledger", description = {"The ledger rows of a run: one for every person, and why. Times are UTC.",
        "Exit: 0; 1 unknown campaign."})
final class LedgerVerb implements Callable<Integer> {

    enum Format {
        CSV, NDJSON
    }

    private final Desk desk;

    @Parameters(paramLabel = "CAMPAIGN", description = "The campaign's name.")
    private String campaign = "";

    @Option(names = "--run", paramLabel = "N", description = "Which run of it, from 1 (the latest).")
    private @Nullable Integer run;

    @Option(names = "--state", paramLabel = "STATE", converter = StateWord.class, description = "Only rows in this state: pending, sending,"
            + " deferred, accepted, bounced, complained, expired, suppressed, failed, cancelled, in_doubt.")
    private @Nullable RowState state;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "csv", description = "csv (the default) or ndjson.")
    private Format format = Format.CSV;

    LedgerVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        return Ledgers.with(desk, this::print);
    }

    private int print(ApplicationContext ledgers) {
        Campaign known = KnownCampaign.named(ledgers, campaign);
        Optional<Run> found = KnownCampaign.run(ledgers, known, run);
        if (format == Format.CSV) {
            desk.out().println(Lines.csv(LedgerLine.COLUMNS));
        }
        if (found.isEmpty()) {
            desk.err().println("Campaign " + campaign + " has not run yet.");
            return 0;
        }
        LedgerLine line = LedgerLine.of(ledgers.getBean(Campaigns.class), ledgers.getBean(Keyed.class),
                found.get());
        ledgers.getBean(Ledger.class).rows(found.get().id(), state, row -> {
            List<@Nullable Object> values = line.values(row);
            desk.out().println(format == Format.CSV ? Lines.csv(values) : Lines.json(named(values)));
        });
        return 0;
    }

    private static Map<String, @Nullable Object> named(List<@Nullable Object> values) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        List<String> columns = new ArrayList<>(LedgerLine.COLUMNS);
        for (int i = 0; i < columns.size(); i++) {
            fields.put(columns.get(i), values.get(i));
        }
        return fields;
    }
}
