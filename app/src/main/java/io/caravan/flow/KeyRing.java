package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.identity.DkimKey;
import io.caravan.identity.DkimKeys;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailauth.DkimSigner;
import io.caravan.mailauth.KeySeal;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.mailauth.SigningKey;
import io.caravan.mailauth.SigningProvider;

/**
 * This node's signing keys, opened. A domain's are asked for at most once a second; an activation says from when on a key signs, some
 * seconds ahead, so all nodes choose the same key for a mail of any date.
 */
@Component
class KeyRing {

    private static final Logger log = LoggerFactory.getLogger(KeyRing.class);
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final byte[] UNSIGNED = {};

    /** A domain's keys as they were read; signers of the same keys are used again. */
    private record Bunch(List<DkimKey> keys, long readAt, Map<List<Long>, Queue<DkimSigner>> signers) {
    }

    private final DkimKeys ledger;
    private final KeySeal seal;
    private final DkimSettings settings;
    private final InstantSource clock;
    private final Map<String, Bunch> bunches = new ConcurrentHashMap<>();

    KeyRing(DkimKeys ledger, KeySeal seal, DkimSettings settings, InstantSource clock) {
        this.ledger = ledger;
        this.seal = seal;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * The DKIM-Signature fields of a mail; none without a key, or where the owner gave up signing.
     *
     * @param dated what its Date says: keys are chosen by that, so every attempt has the same bytes, as long as a mail is tried
     * @throws TemporaryFault if the keys cannot be read, or the domain's keys, or those of RSA, were retired and no other signs yet
     */
    byte[] sign(String domain, List<byte[]> content, Instant dated) {
        Bunch bunch = bunch(domain);
        List<DkimKey> keys = keys(bunch.keys(), dated, clock.instant(), settings.tried());
        if (DkimKey.lacksKey(bunch.keys(), keys, dated)) {
            throw new TemporaryFault("the " + (keys.isEmpty() ? "signing" : "RSA") + " key of " + domain
                    + " was retired and no other signs yet, and mail does not leave "
                    + (keys.isEmpty()
                            ? "unsigned"
                            : "with an Ed25519 signature alone, which many receivers do not verify,")
                    + " for that: activate a new one, or say that it shall, with 'caravan dkim " + domain
                    + " unsigned'");
        }
        if (keys.isEmpty()) {
            return UNSIGNED;
        }
        Queue<DkimSigner> idle = bunch.signers().computeIfAbsent(keys.stream().map(DkimKey::id).toList(),
                _ -> new ConcurrentLinkedQueue<>());
        DkimSigner known = idle.poll();
        DkimSigner signer = known == null ? signer(keys) : known;
        byte[] fields = signer.sign(content, dated.getEpochSecond());
        idle.add(signer);
        return fields;
    }

    /** Since its first key's turn a domain's mail is signed, whatever becomes of the key; until its owner said that it is not, by the mail's date. */
    private static boolean mustBeSigned(List<DkimKey> all, Instant dated) {
        return all.stream().filter(key -> key.begunBy(dated))
                .anyMatch(key -> key.unsignedFrom() == null || dated.isBefore(key.unsignedFrom()));
    }

    /**
     * One of each algorithm: whose turn the date is in; if that one's secret is gone, or its turn is over for longer than a mail is tried
     * (its record may be taken out some days after that), whoever signs today. If the date is in nobody's turn
     * but after somebody's, so that a key was retired before the next one began, all who sign today; nobody if it is of a time in which the
     * owner had given up signing. If it is in the turn of an Ed25519 key but in no RSA key's, and after one, the RSA key that signs today, too.
     *
     * @param tried how long a mail is tried
     */
    static List<DkimKey> keys(List<DkimKey> all, Instant dated, Instant now, Duration tried) {
        List<DkimKey> chosen = new ArrayList<>(2);
        for (DkimKey key : all) {
            if (key.signs(dated)) {
                if (key.isInUse(now, tried)) {
                    chosen.add(key);
                } else {
                    all.stream().filter(other -> other.algorithm().equals(key.algorithm()) && signsToday(other))
                            .findFirst().ifPresent(chosen::add);
                }
            }
        }
        if (chosen.isEmpty() && mustBeSigned(all, dated)) {
            all.stream().filter(KeyRing::signsToday).forEach(chosen::add);
        }
        if (chosen.stream().noneMatch(DkimKey::isRsa)) {
            List<DkimKey> rsa = all.stream().filter(DkimKey::isRsa).toList();
            if (mustBeSigned(rsa, dated)) {
                rsa.stream().filter(KeyRing::signsToday).forEach(chosen::add);
            }
        }
        return chosen;
    }

    private static boolean signsToday(DkimKey key) {
        return key.sealed() != null && key.signsFrom() != null && key.signsUntil() == null;
    }

    private DkimSigner signer(List<DkimKey> keys) {
        List<SigningKey> opened = new ArrayList<>(keys.size());
        for (DkimKey key : keys) {
            byte[] sealed = key.sealed();
            if (sealed != null) {
                opened.add(new SigningKey(key.domain(), key.selector(), SigningAlgorithm.of(key.algorithm()),
                        seal.open(sealed, key.name())));
            }
        }
        SigningProvider provider = SigningProvider.chosen();
        log.info("event=dkim-signer domain={} selectors={} provider=\"{}\"", keys.getFirst().domain(),
                opened.stream().map(SigningKey::selector).toList(), provider.name());
        return new DkimSigner(provider, opened);
    }

    private Bunch bunch(String domain) {
        Bunch known = bunches.get(domain);
        if (known != null && age(known) < FRESH.toNanos()) {
            return known;
        }
        long now = System.nanoTime(); // before the question: what is committed after it is not in the answer
        try {
            List<DkimKey> keys = ledger.of(domain);
            boolean same = known != null && ids(known.keys()).equals(ids(keys));
            Bunch read = new Bunch(keys, now, same && known != null ? known.signers() : new ConcurrentHashMap<>());
            bunches.put(domain, read);
            if (!same && keys.stream().allMatch(key -> key.signsFrom() == null)) {
                log.info("event=dkim-unsigned domain={} advice=\"make a key with 'caravan dkim {} new'\"", domain,
                        domain);
            }
            return read;
        } catch (RuntimeException away) {
            if (known != null && age(known) < settings.notice().toNanos() / 2) {
                return known;
            }
            throw new TemporaryFault("the signing keys of " + domain
                    + " cannot be read, and mail does not leave unsigned for that: see the database", away);
        }
    }

    private static long age(Bunch bunch) {
        return System.nanoTime() - bunch.readAt();
    }

    /** Of those that can sign: when one is retired its opened secret must not stay in a signer here. */
    private static List<Long> ids(List<DkimKey> keys) {
        return keys.stream().filter(key -> key.sealed() != null).map(DkimKey::id).toList();
    }
}
