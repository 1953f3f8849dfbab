package io.caravan.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;

/** {@code suppressions}: who must not be mailed, and why. */
@Command(name = "suppressions", description = {"Who must not be mailed, with scope, reason, evidence and expiry.",
        "list [ADDRESS], add ADDRESS, remove ADDRESS, import FILE (one address a line, or a CSV whose first column is the address), export"
                + " (as CSV). A removal keeps its trace.",
        "Exit: 0; 1 refused, with why."}, customSynopsis = "caravan suppressions list [ADDRESS]|add ADDRESS|remove ADDRESS|import FILE|export [OPTIONS]")
final class SuppressionsVerb implements Callable<Integer> {

    static final List<String> COLUMNS = List.of("id", "address", "scope", "reason", "evidence", "row", "created_at",
            "expires_at");

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

    @Option(names = "--expires", paramLabel = "TIME", description = "With add and import: after this time it no longer counts (30d, 12h).")
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

    static String line(Suppression entry) {
        return Lines.csv(Arrays.asList(entry.id(), entry.address(), entry.scope(), entry.reason().word(),
                entry.evidence(), entry.rowRef(),
                entry.createdAt(), entry.expiresAt()));
    }

    private int export(ApplicationContext ledgers) {
        desk.out().println(Lines.csv(COLUMNS));
        ledgers.getBean(Suppressions.class).export(entry -> desk.out().println(line(entry)));
        return 0;
    }

    private int find(ApplicationContext ledgers) {
        desk.out().println(Lines.csv(COLUMNS));
        ledgers.getBean(Suppressions.class).find(address()).forEach(entry -> desk.out().println(line(entry)));
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
            desk.out().println("removed " + line(entry));
        }
        return 0;
    }

    private int take(ApplicationContext ledgers) {
        Path file = Path.of(needed("a file"));
        List<Suppression.New> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String line : lines(file)) {
            number++;
            String first = line.split("[,;\t]", 2)[0].replace("\"", "").strip();
            if (first.isEmpty() || first.startsWith("#") || number == 1 && !first.contains("@")) {
                continue; // a header
            }
            try {
                entries.add(entry(EmailAddress.parse(first).canonical(), Reason.IMPORT,
                        note("imported from " + file.getFileName()), ledgers));
            } catch (InvalidInput e) {
                problems.add(file + ":" + number + ": " + e.getMessage());
            }
        }
        Suppression.Imported done = ledgers.getBean(Suppressions.class).addAll(entries);
        desk.out().println(done.added() + " added, " + done.known() + " known before, " + problems.size() + " invalid");
        problems.forEach(problem -> desk.err().println("caravan: " + problem));
        return problems.isEmpty() ? 0 : 1;
    }

    private static List<String> lines(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
        } catch (IOException e) {
            throw new InvalidInput("the file " + file + " cannot be read (" + e.getClass().getSimpleName()
                    + "): give a UTF-8 text file with one address a line", e);
        }
    }

    private String note(String otherwise) {
        return note == null ? otherwise : note;
    }

    private Suppression.New entry(String canonical, Reason reason, String evidence, ApplicationContext ledgers) {
        return new Suppression.New(canonical, scope == null ? Scope.GLOBAL : new Scope(scope), reason, evidence, null,
                until(ledgers.getBean(Clock.class)));
    }

    private @Nullable Instant until(Clock clock) {
        if (expires == null) {
            return null;
        }
        try {
            Duration duration = DurationStyle.detectAndParse(expires);
            return clock.instant().plus(duration);
        } catch (IllegalArgumentException e) {
            throw new InvalidInput("'" + expires + "' is no time: write 30d or 12h", e);
        }
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
