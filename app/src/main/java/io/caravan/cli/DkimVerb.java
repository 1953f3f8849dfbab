package io.caravan.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.flow.DkimDesk;
import io.caravan.flow.DkimSettings;
import io.caravan.flow.PublishedRecords;
import io.caravan.flow.RecordCheck;
import io.caravan.identity.DkimKeys;
import io.caravan.mailauth.KeySeal;
import io.caravan.mailauth.SigningAlgorithm;

/** {@code dkim}: an identity's signing keys, and the records to publish. */
@Command(name = "dkim", description = {
        "The signing keys of an identity (its name, or its From domain), with the DNS records to publish.",
        "list (CSV), new [SELECTOR] (makes a key and prints its record; it signs nothing yet), activate SELECTOR (once the DNS answers with the record:"
                + " it signs from then on, and the one before it stays for what is tried again), retire SELECTOR (its secret is"
                + " forgotten; then its record may go), unsigned (once the last key, or the last of RSA, is retired: its mail, which waits for a key, leaves without"
                + " from now on, until another key is activated).",
        "Exit: 0; 1 refused, with why."}, customSynopsis = "caravan dkim IDENTITY [list|new [SELECTOR]|activate SELECTOR|retire SELECTOR|unsigned] [OPTIONS]")
final class DkimVerb implements Callable<Integer> {

    private static final List<String> COLUMNS = List.of("selector", "algorithm", "state", "signs_from", "signs_until",
            "name", "record");

    private final Desk desk;

    @Parameters(index = "0", paramLabel = "IDENTITY", description = "Its name in caravan.identities, or its From domain.")
    private String identity = "";

    @Parameters(index = "1", arity = "0..1", defaultValue = "list", paramLabel = "list|new|activate|retire|unsigned", hideParamSyntax = true, description = "What to do (list).")
    private String action = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "SELECTOR", hideParamSyntax = true, description = "Which key; with new: its name, by default the next one of dkim.selectors or one by month.")
    private @Nullable String selector;

    @Option(names = "--algorithm", defaultValue = "rsa", paramLabel = "ALGORITHM", description = "With new: rsa (2048 bits; the default) or ed25519. One of each may sign at once.")
    private String algorithm = "";

    @Option(names = "--now", description = "With retire: although it signs or mail signed with it may still be tried, because others have the key.")
    private boolean atOnce;

    @Option(names = "--unchecked", description = "With activate: without asking the DNS for the record.")
    private boolean unchecked;

    DkimVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        return switch (action) {
            case "list" -> Ledgers.with(desk, this::list);
            case "new" -> Ledgers.with(desk, this::make);
            case "activate" -> Ledgers.with(desk, this::activate);
            case "retire" -> Ledgers.with(desk, this::retire);
            case "unsigned" -> Ledgers.with(desk, this::signNoMore);
            default -> throw new NotUnderstood("'" + action
                    + "' is nothing that dkim does: write list, new, activate SELECTOR, retire SELECTOR or unsigned");
        };
    }

    private int list(ApplicationContext ledgers) {
        desk.out().println(Lines.csv(COLUMNS));
        for (DkimDesk.Line key : keys(ledgers).list(identity)) {
            desk.out().println(Lines.csv(List.of(key.selector(), key.algorithm(), key.state().word(),
                    moment(key.signsFrom()), moment(key.signsUntil()), key.name(), key.record())));
        }
        return 0;
    }

    private int make(ApplicationContext ledgers) {
        DkimDesk.Line made = keys(ledgers).make(identity, SigningAlgorithm.of(algorithm), selector);
        desk.out().println(made.zoneLine());
        desk.err().println("caravan: publish this record; when the DNS answers with it: caravan dkim " + identity
                + " activate " + made.selector());
        return 0;
    }

    private int activate(ApplicationContext ledgers) {
        DkimDesk keys = keys(ledgers);
        Instant from = keys.activate(identity, needed(), unchecked);
        desk.out().println(needed() + " signs mail that is dated from " + moment(from) + " on");
        sayHeld(keys.standing(identity));
        return 0;
    }

    private int retire(ApplicationContext ledgers) {
        DkimDesk keys = keys(ledgers);
        keys.retire(identity, needed(), atOnce);
        desk.out().println(needed() + " is retired: its record may be taken out of the DNS");
        sayHeld(keys.standing(identity));
        return 0;
    }

    private void sayHeld(DkimDesk.Standing standing) {
        if (standing.held()) {
            desk.err().println("caravan: mail of " + identity + " waits for a key: " + standing.why()
                    + "; make one with 'caravan dkim " + identity + " new' and activate it");
        }
    }

    private int signNoMore(ApplicationContext ledgers) {
        if (selector != null) {
            throw new NotUnderstood("caravan dkim " + identity
                    + " unsigned is about all mail of the domain: it takes no selector");
        }
        DkimDesk keys = keys(ledgers);
        Instant from = keys.signNoMore(identity);
        desk.out().println("mail of " + identity + " leaves " + keys.standing(identity).leaves() + " from "
                + moment(from) + " on, also what waited for a key; to sign with another key: caravan dkim " + identity
                + " new");
        return 0;
    }

    private static DkimDesk keys(ApplicationContext ledgers) {
        return new DkimDesk(ledgers.getBean(DkimKeys.class), ledgers.getBean(KeySeal.class),
                ledgers.getBean(DkimSettings.class), new RecordCheck(ledgers.getBean(PublishedRecords.class)));
    }

    private String needed() {
        if (selector == null) {
            throw new NotUnderstood("caravan dkim " + identity + " " + action + " needs a selector: see caravan dkim "
                    + identity + " list");
        }
        return selector;
    }

    private static String moment(@Nullable Instant moment) {
        return moment == null ? "" : moment.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
