package io.caravan.identity;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.InvalidInput;

/**
 * The ledger of keys. All moments are the database's. Of each algorithm one key signs at a time: its span ends where the next one's
 * begins, to the microsecond, so a rotation has neither a gap nor an overlap.
 */
@Repository
public class DkimKeys {

    /** A retired selector's name is free again after that: longer than any mail or DNS answer of before is on its way. */
    public static final Duration REST = Duration.ofDays(7);

    private final DkimKeyRepository keys;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    DkimKeys(DkimKeyRepository keys, JdbcClient jdbc, TransactionTemplate transaction) {
        this.keys = keys;
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** A domain's, the oldest first; those whose selector a later one took, too. */
    public List<DkimKey> of(String domain) {
        return keys.findByDomainOrderById(domain);
    }

    /** Every domain's, by domain. */
    public List<DkimKey> all() {
        return keys.findAllByOrderByDomainAscIdAsc();
    }

    public Instant databaseNow() {
        return jdbc.sql("select now(6)").query(Timestamp.class).single().toInstant();
    }

    /**
     * Adds a key. A retired one of the same selector gives up its name and stays: mail of its span is signed, however old it is when it is sent.
     *
     * @throws InvalidInput if the selector is taken
     */
    public void add(DkimKey.New key) {
        transaction.executeWithoutResult(_ -> {
            jdbc.sql("""
                    update dkim_key set named = null
                     where domain = :domain and selector = :selector and retired_at < now(6) - interval :rest second""")
                    .param("domain", key.domain()).param("selector", key.selector()).param("rest", REST.toSeconds())
                    .update();
            try {
                jdbc.sql("""
                        insert into dkim_key (domain, selector, algorithm, published, sealed, created_at)
                        values (:domain, :selector, :algorithm, :published, :sealed, now(6))""").paramSource(key)
                        .update();
            } catch (DuplicateKeyException e) {
                throw new InvalidInput("the selector " + key.selector() + " of " + key.domain() + " is taken"
                        + ": name another one (a retired one is free again after " + REST.toDays() + " days)", e);
            }
        });
    }

    /**
     * Lets a new key sign, and ends the span of the one before it.
     *
     * @param notice how long from now: every node must have heard of it before the first mail is dated so
     * @return from when on
     * @throws InvalidInput if there is no such key, or its time is over
     */
    public Instant activate(String domain, String selector, Duration notice) {
        return Objects.requireNonNull(transaction.execute(_ -> {
            DkimKey key = locked(domain, selector);
            if (key.retiredAt() != null || key.signsFrom() != null) {
                throw new InvalidInput("the key " + selector + " of " + domain + " is "
                        + key.state(databaseNow()).word() + ": a key signs in one span of time; make a new one");
            }
            Instant from = databaseNow().plus(notice);
            jdbc.sql("""
                    update dkim_key set signs_until = :from
                     where domain = :domain and algorithm = :algorithm and retired_at is null and signs_from is not null
                       and (signs_until is null or signs_until > :from)""").param("from", Timestamp.from(from))
                    .param("domain", domain).param("algorithm", key.algorithm()).update();
            jdbc.sql("update dkim_key set signs_from = :from where id = :id").param("from", Timestamp.from(from))
                    .param("id", key.id()).update();
            return from;
        }));
    }

    /**
     * Forgets a key's secret for good. One that never signed leaves no trace.
     *
     * @param kept   how long after its span mail signed with it may still be tried
     * @param atOnce although it signs or its mail may still be tried: others have it
     * @throws InvalidInput if there is no such key, or it is still needed
     */
    public void retire(String domain, String selector, Duration kept, boolean atOnce) {
        transaction.executeWithoutResult(_ -> {
            DkimKey key = locked(domain, selector);
            Instant now = databaseNow();
            KeyState state = key.state(now);
            if (state == KeyState.NEW) {
                jdbc.sql("delete from dkim_key where id = :id").param("id", key.id()).update();
                return;
            }
            refuseNeeded(key, state, now, kept, atOnce);
            if (Objects.requireNonNull(key.signsFrom()).isAfter(now)) { // it never came to its turn: the one before goes on to its end
                jdbc.sql(
                        """
                        update dkim_key set signs_until = :until
                         where domain = :domain and algorithm = :algorithm and signs_until = :from and retired_at is null""")
                        .param("domain", domain).param("algorithm", key.algorithm())
                        .param("until", key.signsUntil() == null ? null : Timestamp.from(key.signsUntil()))
                        .param("from", Timestamp.from(key.signsFrom())).update();
            }
            jdbc.sql("""
                    update dkim_key set sealed = null, retired_at = :now,
                           signs_until = if(signs_until is null or signs_until > :now, :now, signs_until)
                     where id = :id""").param("now", Timestamp.from(now)).param("id", key.id()).update();
        });
    }

    /**
     * Gives up signing, or signing with RSA where an Ed25519 key signs: mail of the domain, held or to come, leaves without until a later
     * key's turn.
     *
     * @return from when on
     * @throws InvalidInput if no mail of the domain waits for a key
     */
    public Instant signNoMore(String domain) {
        return Objects.requireNonNull(transaction.execute(_ -> {
            List<DkimKey> all = allLocked(domain);
            Instant now = databaseNow();
            if (!DkimKey.holdsMail(all, now)) {
                all.stream().filter(key -> key.state(now) == KeyState.ACTIVE).findFirst().ifPresent(key -> {
                    throw new InvalidInput("the key " + key.selector() + " of " + domain
                            + " signs: retire it at once first; then mail waits, and may be let go unsigned");
                });
                throw new InvalidInput("mail of " + domain + " leaves unsigned already: no key signs it");
            }
            // not of a key that signs: when that is retired, mail waits again
            jdbc.sql("""
                    update dkim_key set unsigned_from = :now
                     where domain = :domain and signs_from is not null and unsigned_from is null
                       and (retired_at is not null or signs_until <= :now)""")
                    .param("now", Timestamp.from(now)).param("domain", domain).update();
            return now;
        }));
    }

    private static void refuseNeeded(DkimKey key, KeyState state, Instant now, Duration kept, boolean atOnce) {
        if (state == KeyState.RETIRED) {
            throw new InvalidInput("the key " + key.selector() + " of " + key.domain() + " is retired already");
        }
        if (atOnce) {
            return;
        }
        if (state == KeyState.ACTIVE) {
            throw new InvalidInput("the key " + key.selector() + " of " + key.domain()
                    + " signs: activate another one first; if others have got it, then retire it at once"
                    + " (without another one mail waits)");
        }
        Instant free = Objects.requireNonNull(key.signsUntil()).plus(kept);
        if (now.isBefore(free)) {
            throw new InvalidInput("mail signed with " + key.selector() + " of " + key.domain()
                    + " may still be tried or verified until " + free.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                    + ": retire it then; if others have got it, retire it at once");
        }
    }

    /** All keys of the domain are locked with it, so that two activations follow one another. */
    private DkimKey locked(String domain, String selector) {
        return allLocked(domain).stream().filter(key -> key.isNamed() && key.selector().equals(selector)).findFirst()
                .orElseThrow(() -> new InvalidInput("there is no key " + selector + " of " + domain
                        + ": see 'caravan dkim' for its keys"));
    }

    private List<DkimKey> allLocked(String domain) {
        jdbc.sql("select id from dkim_key where domain = :domain for update").param("domain", domain)
                .query(Long.class).list();
        return of(domain);
    }
}
