package io.caravan.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.flow.SuppressionFile;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.suppression.Expiry;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;

/** {@code suppressions}: who must not be mailed, and why. */
@Command(name = "suppressions", description = {"Who must not be mailed, with scope, reason, evidence and expiry.",
        "list [ADDRESS], add ADDRESS, remove ADDRESS, import FILE (one address a line, or a CSV with a column email), export"
                + " (as CSV). A removal keeps its trace.",
        "Exit: 0; 1 refused, with why."}, customSynopsis = "caravan suppressions list [ADDRESS]|add ADDRESS|remove ADDRESS|import FILE|export [OPTIONS]")
final class SuppressionsVerb implements Callable<Integer> {

    private final Desk desk;

    @Parameters(index = "0", paramLabel = "list|add|remove|import|export", hideParamSyntax = true, description = "What to do.")
    private String action = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ADDRESS|FILE", hideParamSyntax = true, description = "Of whom; or the file.")
    private @Nullable String what;

    @Option(names = "--scope", paramLabel = "SCOPE", description = "global (the default), identity:NAME or list:NAME. With remove: only that"
            + " one.")
    private @Nullable String scope;

    @Option(names = "--note", paramLabel = "TEXT", description = "Who asked for it, or why; kept as evidence.")
    private @Nullable String note;

    @Option(names = "--expires", paramLabel = "TIME", description = "With add and import: after this time it no longer counts (30d, 12h, 2026-12-01).")
    private @Nullable String expires;

    SuppressionsVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        return switch (action) {
            case "list" -> Ledgers.with(desk, what == null ? this::export : this::find);
            case "export" -> Ledgers.with(desk, this::export);
            case "add" -> Ledgers.with(desk, this::add);
            case "remove" -> Ledgers.with(desk, this::remove);
            case "import" -> Ledgers.with(desk, this::take);
            default -> throw new NotUnderstood(
                    "'" + action + "' is nothing that suppressions does: write list, add ADDRESS, remove ADDRESS,"
                            + " import FILE or export");
        };
    }

    private int export(ApplicationContext ledgers) {
        desk.out().println(SuppressionFile.HEADER);
        ledgers.getBean(Suppressions.class).export(entry -> desk.out().println(SuppressionFile.line(entry)));
        return 0;
    }

    private int find(ApplicationContext ledgers) {
        desk.out().println(SuppressionFile.HEADER);
        ledgers.getBean(Suppressions.class).find(address())
                .forEach(entry -> desk.out().println(SuppressionFile.line(entry)));
        return 0;
    }

    private int add(ApplicationContext ledgers) {
        long id = ledgers.getBean(Suppressions.class).add(entry(address(), Reason.MANUAL, note("by hand"), ledgers));
        desk.out().println("suppression " + id + " of " + address() + " is in force");
        return 0;
    }

    private int remove(ApplicationContext ledgers) {
        Suppressions suppressions = ledgers.getBean(Suppressions.class);
        List<Suppression> found = suppressions.find(address()).stream()
                .filter(entry -> scope == null || entry.scope().equals(new Scope(scope))).toList();
        if (found.isEmpty()) {
            throw new InvalidInput(address() + " is not suppressed" + (scope == null ? "" : " in " + scope)
                    + ": there is nothing to remove");
        }
        for (Suppression entry : found) {
            suppressions.remove(entry.id(), note("by hand"));
            desk.out().println("removed " + SuppressionFile.line(entry));
        }
        return 0;
    }

    private int take(ApplicationContext ledgers) {
        Path file = Path.of(needed("a file"));
        Instant now = ledgers.getBean(Clock.class).instant();
        SuppressionFile.Otherwise otherwise = new SuppressionFile.Otherwise(
                scope == null ? Scope.GLOBAL : new Scope(scope), Reason.IMPORT,
                note("imported from " + file.getFileName()), until(now));
        SuppressionFile.Taken done;
        try (Reader text = Files.newBufferedReader(file)) {
            done = SuppressionFile.take(ledgers.getBean(Suppressions.class), text, otherwise, now);
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInput("the file " + file + " cannot be read (" + e.getClass().getSimpleName()
                    + "): give a UTF-8 text file with one address a line", e);
        }
        desk.out().println(done.added() + " added, " + done.known() + " known before, " + done.invalid() + " invalid");
        done.problems().forEach(
                problem -> desk.err().println("caravan: " + file + ":" + problem.line() + ": " + problem.message()));
        return done.problems().isEmpty() ? 0 : 1;
    }

    private String note(String otherwise) {
        return note == null ? otherwise : note;
    }

    private Suppression.New entry(String canonical, Reason reason, String evidence, ApplicationContext ledgers) {
        return new Suppression.New(canonical, scope == null ? Scope.GLOBAL : new Scope(scope), reason, evidence, null,
                until(ledgers.getBean(Clock.class).instant()));
    }

    private @Nullable Instant until(Instant now) {
        return expires == null ? null : Expiry.parse(expires, now);
    }

    private String address() {
        return EmailAddress.parse(needed("an address")).canonical();
    }

    private String needed(String thing) {
        if (what == null) {
            throw new NotUnderstood(
                    "caravan suppressions " + action + " needs " + thing + ": see caravan suppressions --help");
        }
        return what;
    }
}
