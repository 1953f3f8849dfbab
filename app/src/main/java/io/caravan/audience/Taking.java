package io.caravan.audience;

import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.TemporaryFault;

/**
 * One import as it is taken, chunk by chunk. What is known of a chunk's people can be looked up by another thread while the chunk before
 * is written: most of an import's time is the database's, and so two of its threads are at work. Whoever stands in the chunk before too is
 * looked up again.
 */
public final class Taking {

    private static final int TRIES = 5;

    private final Import running;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final Chunk chunk;
    private final LookUp lookUp;
    /** Else the caller's transaction alone sees what was taken in it, as in a rehearsal. */
    private final boolean alone = !TransactionSynchronizationManager.isActualTransactionActive();
    private volatile int taken;
    private Set<String> lastTaken = Set.of();

    Taking(Import running, TransactionTemplate transaction, InstantSource clock, Chunk chunk, LookUp lookUp) {
        this.running = running;
        this.transaction = transaction;
        this.clock = clock;
        this.chunk = chunk;
        this.lookUp = lookUp;
    }

    /**
     * Looks up the people of the next rows, ascending, at most a few thousand and a few megabytes of attributes at once. May be called by
     * another thread than {@link #take}.
     */
    public Looked look(List<ImportRow> rows) {
        int after = taken;
        List<Offered> offered = rows.stream().map(Offered::of).toList();
        return alone
                ? new Looked(offered, lookUp.of(running, addresses(offered), now()), after)
                : new Looked(offered, Map.of(), Looked.NEVER);
    }

    /**
     * Takes the rows, in one transaction. Those that are in already are passed over. Another import that adds the same people at the same
     * time makes it look and try again.
     *
     * @return how many rows got which verdict
     * @throws ImportOver     if the import was cancelled meanwhile
     * @throws TemporaryFault if others kept coming between
     */
    public Map<Verdict, Long> take(Looked looked) {
        for (int tried = 1;; tried++) {
            boolean again = tried > 1;
            try {
                Map<Verdict, Long> counts = Objects.requireNonNull(transaction.execute(
                        _ -> chunk.take(running, looked.rows(), again ? lookAgain(looked) : known(looked))));
                lastTaken = Set.copyOf(addresses(looked.rows()));
                taken++;
                return counts;
            } catch (DuplicateKeyException | ConcurrencyFailureException e) {
                if (tried == TRIES || !alone) {
                    throw new TemporaryFault("import " + running.id() + " met other imports of the same people " + tried
                            + " times: drop the file again when they are over", e);
                }
            }
        }
    }

    private Map<String, Known> known(Looked looked) {
        if (looked.after() == taken) {
            return looked.known();
        }
        if (looked.after() != taken - 1) {
            return lookAgain(looked);
        }
        Map<String, Known> known = new HashMap<>(looked.known());
        known.putAll(lookUp.of(running, addresses(looked.rows()).stream().filter(lastTaken::contains).toList(), now()));
        return known;
    }

    private Map<String, Known> lookAgain(Looked looked) {
        return lookUp.of(running, addresses(looked.rows()), now());
    }

    private static List<String> addresses(List<Offered> rows) {
        return rows.stream().map(each -> each.row().address()).filter(Objects::nonNull).map(EmailAddress::canonical)
                .distinct().toList();
    }

    private LocalDateTime now() {
        return Times.utc(clock.instant());
    }
}
