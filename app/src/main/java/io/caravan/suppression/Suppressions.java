package io.caravan.suppression;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.suppression.Suppression.Added;
import io.caravan.suppression.Suppression.Ask;
import io.caravan.suppression.Suppression.Imported;
import io.caravan.suppression.Suppression.New;

/**
 * The suppression ledger. Addresses are canonical ({@code EmailAddress.canonical()}) in and out.
 *
 * <p>Each address has one entry per scope. Adding it again changes nothing, unless the new one lasts longer: then it takes the place of the
 * old. What is added goes into this node's {@link Feed} as soon as it is committed; the other nodes' feeds find it within half a second.
 * Write in short transactions: a feed looks ten seconds back (and now and then two minutes).
 */
@Repository
public class Suppressions {

    private static final int CHUNK = 500;
    private static final int TRIES = 5;

    /** Outlasted: the entry there has an end, and the new one has none or a later one. expires_at comes last, the others look at it. */
    private static final String ADD = """
            insert into suppression (address, scope, reason, evidence, row_ref, created_at, expires_at, changed_at)
            select v.address, v.scope, v.reason, v.evidence, v.row_ref, :now, v.expires_at, now(6)
              from json_table(:entries, '$[*]' columns (address varchar(320) path '$.a', scope varchar(200) path '$.s',
                   reason varchar(20) path '$.r', evidence varchar(1000) path '$.e', row_ref varchar(40) path '$.n',
                   expires_at datetime(6) path '$.x')) v
            on duplicate key update
              reason     = if(@outlasted := (suppression.expires_at is not null
                                and (value(expires_at) is null or value(expires_at) > suppression.expires_at)),
                              value(reason), suppression.reason),
              evidence   = if(@outlasted, value(evidence), suppression.evidence),
              row_ref    = if(@outlasted, value(row_ref), suppression.row_ref),
              created_at = if(@outlasted, value(created_at), suppression.created_at),
              changed_at = if(@outlasted, value(changed_at), suppression.changed_at),
              expires_at = if(@outlasted, value(expires_at), suppression.expires_at)
            returning id, address, scope, created_at, expires_at
            """;

    /** From the questions to the entries, never the other way: the ledger may hold millions, a batch 500. */
    static final String AMONG = """
            select v.k - 1 as k, s.id, s.scope
              from json_table(:addresses, '$[*]' columns (k for ordinality, address varchar(320) path '$')) v
              straight_join suppression s on s.address = v.address and s.scope in (:scopes)
             where s.expires_at is null or s.expires_at > :now
            """;

    private final SuppressionRepository rows;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Feed feed;
    private final Clock clock;
    private final AtomicReference<Instant> lastStamp = new AtomicReference<>(Instant.EPOCH);

    Suppressions(SuppressionRepository rows, JdbcClient jdbc, TransactionTemplate transaction, Feed feed, Clock clock) {
        this.rows = rows;
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.feed = feed;
        this.clock = clock;
    }

    /**
     * Keeps an entry; the same again changes nothing.
     *
     * @return its id, or that of the entry that was there
     */
    public long add(New entry) {
        return write(List.of(entry)).getFirst().added().id();
    }

    /** Keeps many, in chunks that are committed one by one (unless the caller holds a transaction, which should be a short one). */
    public Imported addAll(Iterable<New> entries) {
        long added = 0;
        long known = 0;
        Map<String, New> chunk = new LinkedHashMap<>();
        for (New entry : entries) {
            chunk.merge(entry.address() + " " + entry.scope(), entry, Suppressions::longer);
            if (chunk.size() == CHUNK) {
                long fresh = write(chunk.values()).stream().filter(Written::isNew).count();
                added += fresh;
                known += chunk.size() - fresh;
                chunk.clear();
            }
        }
        long fresh = chunk.isEmpty() ? 0 : write(chunk.values()).stream().filter(Written::isNew).count();
        return new Imported(added + fresh, known + chunk.size() - fresh);
    }

    private static New longer(New one, New other) {
        Instant end = one.expiresAt();
        Instant otherEnd = other.expiresAt();
        return end != null && (otherEnd == null || otherEnd.isAfter(end)) ? other : one;
    }

    private record Written(Added added, boolean isNew) {
    }

    private List<Written> write(Collection<New> entries) {
        Timestamp now = Timestamp.from(stamp());
        String json = Json.entries(entries.stream().sorted(Comparator.comparing(New::address)).toList());
        List<Written> written = again(() -> jdbc.sql(ADD).param("now", now).param("entries", json)
                .query((row, _) -> new Written(Rows.added(row), now.equals(row.getTimestamp("created_at")))).list());
        onceCommitted(() -> written.forEach(w -> feed.hear(w.added())));
        return written;
    }

    /** Never twice the same here: what carries it was made by this statement. */
    private Instant stamp() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return lastStamp.updateAndGet(last -> now.isAfter(last) ? now : last.plus(1, ChronoUnit.MICROS));
    }

    /** Two writers of the same addresses can deadlock on the unique key; the loser's statement left nothing behind. */
    private static <T> T again(Supplier<T> statement) {
        for (int tries = 1;; tries++) {
            try {
                return statement.get();
            } catch (ConcurrencyFailureException e) {
                if (tries == TRIES || TransactionSynchronizationManager.isActualTransactionActive()) {
                    throw e;
                }
            }
        }
    }

    /** An entry that is rolled back must not stay in the feed: the person would be held for hours without a reason in the ledger. */
    private static void onceCommitted(Runnable tell) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            tell.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                tell.run();
            }
        });
    }

    /**
     * Takes an entry back and keeps its trace.
     *
     * @param note who did it and why
     * @return false if there is no such entry
     */
    public boolean remove(long id, String note) {
        return transaction.execute(_ -> removeNow(id, note));
    }

    private boolean removeNow(long id, String note) {
        int copied = jdbc.sql("""
                insert into suppression_removed (id, address, scope, reason, evidence, row_ref, created_at, removed_at, note)
                select id, address, scope, reason, evidence, row_ref, created_at, now(6), :note from suppression where id = :id for update
                """).param("id", id).param("note", Json.cut(note, 1000)).update();
        if (copied == 0) {
            return false;
        }
        jdbc.sql("delete from suppression where id = :id").param("id", id).update();
        onceCommitted(() -> feed.forget(id));
        return true;
    }

    /** Every entry of an address, expired ones too, oldest first. */
    public List<Suppression> find(String address) {
        return rows.findByAddressOrderById(address);
    }

    public Optional<Suppression> find(long id) {
        return rows.findById(id);
    }

    /**
     * A page, newest first.
     *
     * @param before only entries with a smaller id; {@code Long.MAX_VALUE} for the first page
     */
    public List<Suppression> page(long before, int limit) {
        return rows.findByIdLessThanOrderByIdDesc(before, Limit.of(limit));
    }

    /** Hands over every entry, oldest first, in constant memory. */
    public void export(Consumer<Suppression> to) {
        long after = 0;
        List<Suppression> page;
        do {
            page = rows.findByIdGreaterThanOrderById(after, Limit.of(1000));
            page.forEach(to);
            after = page.isEmpty() ? after : page.getLast().id();
        } while (!page.isEmpty());
    }

    public long count() {
        return rows.count();
    }

    /** Those of the questions whose answer is no, each with the entry's id (the oldest, if several hold). One statement for up to 500. */
    public Map<Ask, Long> suppressedAmong(Collection<Ask> asks) {
        List<Ask> all = new ArrayList<>(asks);
        Map<Ask, Long> found = new HashMap<>();
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<Ask> chunk = all.subList(from, Math.min(all.size(), from + CHUNK));
            jdbc.sql(AMONG).param("addresses", Json.addresses(chunk)).param("scopes", scopes(chunk))
                    .param("now", Timestamp.from(clock.instant())).query(row -> {
                        Ask ask = chunk.get(row.getInt("k"));
                        if (ask.scopes().contains(row.getString("scope"))) {
                            found.merge(ask, row.getLong("id"), Math::min);
                        }
                    });
        }
        return found;
    }

    /** Those that some question asks about: of one batch they are three. */
    private static Set<String> scopes(List<Ask> asks) {
        Set<String> scopes = new HashSet<>();
        asks.forEach(ask -> scopes.addAll(ask.scopes()));
        return scopes;
    }

    /** What was added or renewed since a moment of the database's clock, oldest first. */
    public List<Added> addedSince(Instant moment) {
        return jdbc
                .sql("select id, address, scope, expires_at from suppression where changed_at >= :moment order by id")
                .param("moment", Timestamp.from(moment)).query((row, _) -> Rows.added(row)).list();
    }

    /** For a single question outside a batch; null: may be mailed. */
    public @Nullable Long suppressed(Ask ask) {
        return suppressedAmong(List.of(ask)).get(ask);
    }
}
