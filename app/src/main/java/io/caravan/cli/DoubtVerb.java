package io.caravan.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** {@code doubt}: mail that was sent and whose answer was lost, and a person's decision. */
@Command(name = "doubt", description = {
        "The rows in doubt: sent, and the answer was lost. 'settle ROW accepted|failed|resend' decides one."
                + " A mail sent again has the same Message-ID and bytes.",
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
            LedgerLine line = LedgerLine.of(ledgers, run);
            ledgers.getBean(Ledger.class).rows(run.id(), RowState.IN_DOUBT,
                    row -> desk.out().println(Lines.csv(line.values(row))));
        }
        return 0;
    }

    private int settle(ApplicationContext ledgers) {
        Campaign known = KnownCampaign.named(ledgers, campaign);
        RowId row = RowId.parse(settle.get(1));
        if (ledgers.getBean(Runs.class).of(known.id()).stream().noneMatch(run -> run.id().value() == row.run())) {
            throw new InvalidInput("row " + row + " is not one of campaign " + campaign + ": caravan doubt " + campaign
                    + " lists its rows");
        }
        ledgers.getBean(Ledger.class).decide(row, settle.get(2));
        if (settle.get(2).equals("resend")) { // a run that was over has something to send again
            ledgers.getBean(Runs.class).move(new RunId(row.run()), Set.of(RunState.FINISHED), RunState.RUNNING, null);
        }
        desk.out().println(row + " " + settle.get(2));
        return 0;
    }
}
