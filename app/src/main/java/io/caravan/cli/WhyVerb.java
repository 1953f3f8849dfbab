package io.caravan.cli;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.audience.Contact;
import io.caravan.audience.Contacts;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.QueueHolds;
import io.caravan.delivery.RowHistory;
import io.caravan.flow.SuppressionFile;
import io.caravan.flow.Why;
import io.caravan.flow.WhyMail;
import io.caravan.mail.EmailAddress;
import io.caravan.pacing.Lanes;
import io.caravan.suppression.SuppressionSearch;
import io.caravan.suppression.Suppressions;

/** {@code why}: everything that was decided about one person, in order, with evidence. */
@Command(name = "why", description = {
        "What is known of one person, and what was decided about each mail to them, with evidence.",
        "Exit: 0; 1 unknown."})
final class WhyVerb implements Callable<Integer> {

    private static final int MOST = 200;

    private final Desk desk;

    @Parameters(paramLabel = "ADDRESS", description = "The person's address.")
    private String address = "";

    @Option(names = "--campaign", paramLabel = "NAME", description = "Only this campaign.")
    private @Nullable String campaign;

    WhyVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        EmailAddress asked = EmailAddress.parse(address);
        return Ledgers.with(desk, ledgers -> print(ledgers, asked));
    }

    private int print(ApplicationContext ledgers, EmailAddress asked) {
        Campaign only = campaign == null ? null : KnownCampaign.named(ledgers, campaign);
        Why why = new Why(ledgers.getBean(Contacts.class), ledgers.getBean(Suppressions.class),
                ledgers.getBean(SuppressionSearch.class),
                ledgers.getBean(Campaigns.class), ledgers.getBean(Runs.class), ledgers.getBean(Ledger.class),
                ledgers.getBean(RowHistory.class), ledgers.getBean(Lanes.class), ledgers.getBean(QueueHolds.class));
        Why.Answer answer = why.of(asked, only, Long.MAX_VALUE, MOST);
        if (answer.isUnknown()) {
            desk.err().println("caravan: nobody of the address " + asked.canonical()
                    + " is known: it is in no list, no run and no suppression");
            return 1;
        }
        desk.out().println("address      " + answer.address());
        Contact known = answer.contact();
        if (known != null) {
            desk.out().println("contact      known as " + known.address().written() + ", attributes version "
                    + known.version() + " " + Lines.json(answer.attributes()));
        }
        answer.removed().forEach(entry -> desk.out().println("removed      suppression " + entry.id() + " ("
                + entry.scope() + ", " + entry.reason().word() + words("", entry.evidence()) + ") of "
                + entry.createdAt() + " was removed " + entry.removedAt() + words("note:", entry.note())));
        answer.suppressions().forEach(entry -> desk.out().println("suppression  " + SuppressionFile.line(entry)));
        answer.mails().reversed().forEach(this::mail);
        return 0;
    }

    private void mail(WhyMail mail) {
        LedgerRow row = mail.row();
        desk.out()
                .println("planned      " + mail.campaign() + " run " + mail.run().number() + ", version "
                        + mail.run().version() + ", row " + row.row()
                        + ", opened " + mail.run().openedAt());
        for (Ledger.Attempt attempt : mail.attempts()) {
            desk.out()
                    .println("attempt      " + attempt.number() + "  " + attempt.at() + "  " + attempt.outcome()
                            + words("at", attempt.host())
                            + words("", attempt.status()) + words("", attempt.reply()));
        }
        desk.out()
                .println("state        " + row.state().word() + words("", row.reason()) + words("at", row.host())
                        + words("", row.status())
                        + words("", row.reply()) + (row.lastAttempt() == null ? "" : "  " + row.lastAttempt()));
    }

    private static String words(String before, String value) {
        return value.isEmpty() ? "" : "  " + (before.isEmpty() ? "" : before + " ") + value;
    }
}
