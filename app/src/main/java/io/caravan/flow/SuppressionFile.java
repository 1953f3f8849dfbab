package io.caravan.flow;

import java.io.Reader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.caravan.intake.AddressFile;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.suppression.Expiry;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;

/** The suppression list as a file: what {@link #line} writes, {@link #take} reads back as it was, and lists of others besides. */
public final class SuppressionFile {

    public static final String HEADER = "id,address,scope,reason,evidence,row,created_at,expires_at";
    private static final int CHUNK = 1000;
    private static final int TOLD = 100;

    /** What holds for lines that do not say it themselves. */
    public record Otherwise(Scope scope, Reason reason, String evidence, @Nullable Instant expiresAt) {
    }

    /**
     * What an import came to.
     *
     * @param problems the first hundred of the invalid
     */
    public record Taken(long added, long known, long invalid, List<Problem> problems) {
    }

    /** Why a line could not be taken. */
    public record Problem(long line, String message) {
    }

    private SuppressionFile() {
    }

    /** RFC 4180, exactly what the values are. */
    public static String line(Suppression entry) {
        return line(entry, UnaryOperator.identity());
    }

    /** @param guard of each cell, before it is quoted */
    public static String line(Suppression entry, UnaryOperator<String> guard) {
        return Stream
                .of(entry.id(), entry.address(), entry.scope(), entry.reason().word(), entry.evidence(),
                        text(entry.rowRef()), entry.createdAt(), text(entry.expiresAt()))
                .map(cell -> quoted(guard.apply(cell.toString()))).collect(Collectors.joining(","));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                && cell.equals(cell.strip());
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /**
     * Adds every line that can be taken, in chunks that are committed one by one.
     *
     * @param text  one address a line, or a CSV; its columns scope, reason, evidence and expires_at count where it has them
     * @throws InvalidInput if it cannot be read as a list at all
     */
    public static Taken take(Suppressions into, Reader text, Otherwise otherwise, Instant now) {
        Taking taking = new Taking(into, otherwise, now);
        AddressFile.read(text, taking::line);
        return taking.end();
    }

    private static final class Taking {

        private final Suppressions into;
        private final Otherwise otherwise;
        private final Instant now;
        private final List<Suppression.New> chunk = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private long added;
        private long known;
        private long invalid;

        Taking(Suppressions into, Otherwise otherwise, Instant now) {
            this.into = into;
            this.otherwise = otherwise;
            this.now = now;
        }

        void line(AddressFile.Line line) {
            try {
                Suppression.New entry = entry(line);
                if (entry != null) {
                    chunk.add(entry);
                }
            } catch (InvalidInput e) {
                invalid++;
                if (problems.size() < TOLD) {
                    problems.add(new Problem(line.line(), String.valueOf(e.getMessage())));
                }
            }
            if (chunk.size() == CHUNK) {
                write();
            }
        }

        /** Null for one that is over already: taking back an export must not fail on it. */
        private Suppression.@Nullable New entry(AddressFile.Line line) {
            String address = EmailAddress.parse(line.address()).canonical();
            String scope = line.cells().getOrDefault("scope", "");
            String evidence = line.cells().getOrDefault("evidence", "");
            String end = line.cells().getOrDefault("expires_at", "");
            if (isOver(end)) {
                return null;
            }
            return new Suppression.New(address, scope.isEmpty() ? otherwise.scope() : new Scope(scope),
                    reason(line.cells().getOrDefault("reason", "")),
                    evidence.isEmpty() ? otherwise.evidence() : evidence, null,
                    end.isEmpty() ? otherwise.expiresAt() : Expiry.parse(end, now));
        }

        private boolean isOver(String end) {
            return end.matches("\\d{4}-\\d\\d-\\d\\dT.*Z") && end.compareTo(now.toString()) <= 0;
        }

        /** Ours, or as Amazon SES exports them; a word that nobody knows is what the import says. */
        private Reason reason(String word) {
            String low = word.toLowerCase(Locale.ROOT);
            if (low.equals("bounce")) {
                return Reason.HARD_BOUNCE;
            }
            Iterator<Reason> known = Stream.of(Reason.values()).filter(each -> each.word().equals(low)).iterator();
            return known.hasNext() ? known.next() : otherwise.reason();
        }

        private void write() {
            Suppression.Imported done = into.addAll(chunk);
            added += done.added();
            known += done.known();
            chunk.clear();
        }

        Taken end() {
            write();
            return new Taken(added, known, invalid, List.copyOf(problems));
        }
    }
}
