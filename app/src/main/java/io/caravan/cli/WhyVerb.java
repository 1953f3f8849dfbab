package io.caravan.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.RunId;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;

/** {@code why}: everything that was decided about one person, in order, with evidence. */
@Command(name = "why", description = {
        "What is known of one person, and what was decided about each mail to them, with evidence.",
        "Exit: 0; 1 unknown."})
final class WhyVerb implements Callable<Integer> {

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
        Optional<Contact> contact = ledgers.getBean(Contacts.class).find(asked);
        List<Suppression> entries = ledgers.getBean(Suppressions.class).find(asked.canonical());
        if (contact.isEmpty() && entries.isEmpty()) {
            desk.err().println("caravan: nobody of the address " + asked.canonical()
                    + " is known: it is in no list, no run and no suppression");
            return 1;
        }
        desk.out().println("address      " + asked.canonical());
        contact.ifPresent(known -> {
            Map<String, String> attributes = ledgers.getBean(Contacts.class).attributes(known.id(), known.version());
            desk.out()
                    .println("contact      known as " + known.address().written() + ", attributes version "
                            + known.version() + " "
                            + Lines.json(attributes));
        });
        entries.forEach(entry -> desk.out().println("suppression  " + SuppressionsVerb.line(entry)));
        List<LedgerRow> rows = new ArrayList<>(ledgers.getBean(Ledger.class).of(asked.canonical(), null)).reversed();
        rows.forEach(row -> mail(ledgers, row, only));
        return 0;
    }

    private void mail(ApplicationContext ledgers, LedgerRow row, @Nullable Campaign only) {
        Optional<Run> run = ledgers.getBean(Runs.class).run(new RunId(row.row().run()));
        if (run.isEmpty() || only != null && !run.get().campaign().equals(only.id())) {
            return;
        }
        String name = ledgers.getBean(Campaigns.class).find(run.get().campaign()).map(Campaign::name).orElse("?");
        desk.out()
                .println("planned      " + name + " run " + run.get().number() + ", version " + run.get().version()
                        + ", row " + row.row()
                        + ", opened " + run.get().openedAt());
        for (Ledger.Attempt attempt : ledgers.getBean(Ledger.class).attempts(row.row())) {
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
