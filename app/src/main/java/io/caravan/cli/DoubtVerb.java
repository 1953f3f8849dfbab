package io.caravan.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.Doubts;
import io.caravan.flow.LedgerLine;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;

/** {@code doubt}: mail that was sent and whose answer was lost, and a person's decision. */
@Command(name = "doubt", description = {
        "The rows in doubt: sent, and the answer was lost. 'settle ROW accepted|failed|resend' decides one."
                + " A mail sent again has the same Message-ID and bytes; in a paused campaign it waits for the resume,"
                + " in a cancelled one its row is cancelled, and that is said.",
        "Exit: 0; 1 refused, with why."}, customSynopsis = "caravan doubt CAMPAIGN [settle ROW accepted|failed|resend]")
final class DoubtVerb implements Callable<Integer> {

    private final Desk desk;

    @Parameters(index = "0", paramLabel = "CAMPAIGN", description = "The campaign's name.")
    private String campaign = "";

    @Parameters(index = "1..*", arity = "0..3", paramLabel = "settle ROW DECISION", hideParamSyntax = true, description = "The row as it is listed, and accepted, failed or resend.")
    private List<String> settle = new ArrayList<>();

    DoubtVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        if (!settle.isEmpty() && (settle.size() != 3 || !settle.getFirst().equals("settle"))) {
            throw new NotUnderstood(
                    "'" + String.join(" ", settle) + "' is not understood: write caravan doubt " + campaign
                            + " settle ROW accepted|failed|resend");
        }
        return Ledgers.with(desk, settle.isEmpty() ? this::list : this::settle);
    }

    private int list(ApplicationContext ledgers) {
        Campaign known = KnownCampaign.named(ledgers, campaign);
        desk.out().println(Lines.csv(LedgerLine.COLUMNS));
        for (Run run : ledgers.getBean(Runs.class).of(known.id())) {
            LedgerLine line = LedgerLine.of(ledgers.getBean(Campaigns.class), ledgers.getBean(Keyed.class), run);
            ledgers.getBean(Ledger.class).rows(run.id(), RowState.IN_DOUBT,
                    row -> desk.out().println(Lines.csv(line.values(row))));
        }
        return 0;
    }

    private int settle(ApplicationContext ledgers) {
        Campaign known = KnownCampaign.named(ledgers, campaign);
        RowId row = RowId.parse(settle.get(1));
        Doubts.Settled done = new Doubts(ledgers.getBean(Runs.class), ledgers.getBean(RunCounts.class),
                ledgers.getBean(Ledger.class)).settle(known, row, settle.get(2));
        desk.out().println(row + " " + (done.asked() ? settle.get(2) : done.words()));
        return 0;
    }
}
