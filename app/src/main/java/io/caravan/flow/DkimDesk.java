package io.caravan.flow;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.identity.DkimKey;
import io.caravan.identity.DkimKeys;
import io.caravan.identity.KeyState;
import io.caravan.mail.InvalidInput;
import io.caravan.mailauth.KeySeal;
import io.caravan.mailauth.NewKey;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.mailauth.SigningProvider;

/** What people do with signing keys: make one, publish its record, activate it, retire the old one, or sign no more. */
@Component
public class DkimDesk {

    private static final Logger log = LoggerFactory.getLogger(DkimDesk.class);
    private static final Pattern SELECTOR = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /**
     * A key for people.
     *
     * @param name     where its record stands
     * @param record   what is to be published there
     * @param freeFrom when it can be retired; null: it is not at that point
     */
    public record Line(String selector, String algorithm, KeyState state, String name, String record,
            Instant createdAt, @Nullable Instant signsFrom, @Nullable Instant signsUntil,
            @Nullable Instant retiredAt, @Nullable Instant freeFrom) {

        private static final int STRING = 255; // a TXT string's limit, RFC 1035 section 3.3.14

        /** For a zone file: one line, cut into strings that a record may hold. */
        public String zoneLine() {
            StringBuilder line = new StringBuilder(name).append(". IN TXT (");
            for (int from = 0; from < record.length(); from += STRING) {
                line.append(" \"").append(record, from, Math.min(from + STRING, record.length())).append('"');
            }
            return line.append(" )").toString();
        }
    }

    /**
     * An identity and what signs its mail.
     *
     * @param signing {@code rsa s1}, a word for each key that signs; empty: its mail leaves unsigned, or is held
     * @param waiting whether a new key is not in force yet; if mail is held for want of RSA: one of RSA
     * @param held    whether mail waits for a key, since the last one, or the last one of RSA, was retired
     * @param givenUp since when its owner wants it unsigned; null: its mail is signed, is held, or never was signed
     */
    public record Standing(String identity, String domain, List<String> signing, boolean waiting, boolean held,
            @Nullable Instant givenUp) {

        /** Why mail waits, if it does. */
        public String why() {
            return signing.isEmpty()
                    ? "its key was retired and no other signs"
                    : "its RSA key was retired, and many receivers do not verify " + String.join(" and ", signing)
                            + " alone";
        }

        /** How mail leaves that does not wait. */
        public String leaves() {
            return signing.isEmpty() ? "unsigned" : "signed with " + String.join(" and ", signing);
        }
    }

    private final DkimKeys keys;
    private final KeySeal seal;
    private final DkimSettings settings;
    private final RecordCheck records;

    public DkimDesk(DkimKeys keys, KeySeal seal, DkimSettings settings, RecordCheck records) {
        this.keys = keys;
        this.seal = seal;
        this.settings = settings;
        this.records = records;
    }

    /** The keys of an identity, each by its selector, the oldest first. @throws InvalidInput if there is no such identity */
    public List<Line> list(String identity) {
        Instant now = keys.databaseNow();
        return keys.of(settings.domain(identity)).stream().filter(DkimKey::isNamed).map(key -> line(key, now)).toList();
    }

    /**
     * Makes a key. It signs nothing yet.
     *
     * @param selector null: the next one that is configured, or a name by month
     */
    public Line make(String identity, SigningAlgorithm algorithm, @Nullable String selector) {
        String domain = settings.domain(identity);
        Instant now = keys.databaseNow();
        String name = selector == null ? freeSelector(identity, domain, algorithm, now) : valid(selector);
        NewKey made = NewKey.make(algorithm);
        DkimKey.New key = new DkimKey.New(domain, name, algorithm.word(), made.published(),
                seal.close(made.pkcs8(), DkimKey.name(name, domain)));
        keys.add(key);
        return list(identity).stream().filter(line -> line.selector().equals(name)).findFirst().orElseThrow();
    }

    /**
     * Lets a key sign, in place of the one of its algorithm that did.
     *
     * @param unchecked without asking the DNS whether its record is published
     * @return from when on
     * @throws InvalidInput if receivers could not verify by its record, if the DNS could not be asked, or if the key has had its turn
     */
    public Instant activate(String identity, String selector, boolean unchecked) {
        String domain = settings.domain(identity);
        if (!unchecked) {
            keys.of(domain).stream().filter(key -> key.selector().equals(selector) && key.signsFrom() == null)
                    .findFirst().ifPresent(this::refuseUnpublished);
        }
        Instant from = keys.activate(domain, selector, settings.notice());
        log.info("event=dkim-activated domain={} selector={} signs-from={} unchecked={}", domain, selector, from,
                unchecked);
        return from;
    }

    private void refuseUnpublished(DkimKey key) {
        switch (records.of(key)) {
            case RecordFound.Right _ -> {
                return;
            }
            case RecordFound.Wrong wrong -> throw new InvalidInput(wrong.advice()
                    + ". With this key in force receivers could not verify our mail: wait for the DNS, or activate it without asking the DNS");
            case RecordFound.Unknown unknown -> throw new InvalidInput(unknown.why()
                    + ": try again, or activate it without asking the DNS");
        }
    }

    /** Forgets its secret. @param atOnce although it is needed, because others have it */
    public void retire(String identity, String selector, boolean atOnce) {
        String domain = settings.domain(identity);
        keys.retire(domain, selector, settings.kept(), atOnce);
        log.info("event=dkim-retired domain={} selector={} at-once={}", domain, selector, atOnce);
    }

    /**
     * The owner's word that mail of a domain which waits for a key goes without, and what follows, until a later key's turn.
     *
     * @return from when on
     * @throws InvalidInput if no mail waits for a key
     */
    public Instant signNoMore(String identity) {
        String domain = settings.domain(identity);
        Instant from = keys.signNoMore(domain);
        log.info("event=dkim-given-up domain={} unsigned-from={}", domain, from);
        return from;
    }

    /** Every identity that has an entry or a key. */
    public List<Standing> standings() {
        return standings(List.of());
    }

    /**
     * Those, and the ones that send or are about to although they have neither.
     *
     * @param used names of identities, or From domains; what is no identity any more is passed over
     */
    public List<Standing> standings(Collection<String> used) {
        Instant now = keys.databaseNow();
        Map<String, List<DkimKey>> byDomain = keys.all().stream()
                .collect(Collectors.groupingBy(DkimKey::domain, TreeMap::new, Collectors.toList()));
        Set<String> domains = new TreeSet<>(settings.domains().values());
        domains.addAll(byDomain.keySet());
        used.forEach(identity -> {
            try {
                domains.add(settings.domain(identity));
            } catch (InvalidInput gone) {
                log.debug("event=identity-not-shown identity={} what={}", identity, gone.getMessage());
            }
        });
        return domains.stream().map(domain -> standing(domain, byDomain.getOrDefault(domain, List.of()), now)).toList();
    }

    /** One of them, or of a domain that has neither. */
    public Standing standing(String identity) {
        String domain = settings.domain(identity);
        return standing(domain, keys.of(domain), keys.databaseNow());
    }

    /** Who computes signatures on this node and, if it is the slower one, why. */
    public static String provider() {
        SigningProvider provider = SigningProvider.chosen();
        return provider.name() + (provider.why().isEmpty() ? "" : ", since " + provider.why());
    }

    private Standing standing(String domain, List<DkimKey> all, Instant now) {
        List<String> signing = all.stream().filter(key -> key.state(now) == KeyState.ACTIVE)
                .map(key -> key.algorithm() + " " + key.selector()).toList();
        boolean held = DkimKey.holdsMail(all, now);
        Instant givenUp = signing.isEmpty() && !held
                ? all.stream().map(DkimKey::unsignedFrom).filter(Objects::nonNull).max(Comparator.naturalOrder())
                        .orElse(null)
                : null;
        boolean rsaAwaited = held && DkimKey.holdsMail(all.stream().filter(DkimKey::isRsa).toList(), now);
        return new Standing(settings.identity(domain), domain, signing, all.stream()
                .anyMatch(key -> key.state(now) == KeyState.NEW && (key.isRsa() || !rsaAwaited)), held, givenUp);
    }

    private Line line(DkimKey key, Instant now) {
        KeyState state = key.state(now);
        Instant until = key.signsUntil();
        return new Line(key.selector(), key.algorithm(), state, key.name(), key.record(), key.createdAt(),
                key.signsFrom(), until, key.retiredAt(),
                state == KeyState.REPLACED && until != null ? until.plus(settings.kept()) : null);
    }

    /** One label of a host name (RFC 6376 section 3.1 would allow several). */
    public static boolean isSelector(String text) {
        return SELECTOR.matcher(text).matches();
    }

    private static String valid(String selector) {
        if (!isSelector(selector)) {
            throw new InvalidInput("'" + selector
                    + "' cannot be a selector: write up to 63 letters, digits and hyphens, in lower case");
        }
        return selector;
    }

    private String freeSelector(String identity, String domain, SigningAlgorithm algorithm, Instant now) {
        List<String> configured = settings.selectors().getOrDefault(domain, List.of());
        Set<String> taken = keys.of(domain).stream()
                .filter(key -> key.retiredAt() == null || key.retiredAt().plus(DkimKeys.REST).isAfter(now))
                .map(DkimKey::selector).collect(Collectors.toSet());
        return (configured.isEmpty() ? byMonth(algorithm, now) : configured).stream()
                .filter(name -> !taken.contains(name)).findFirst().orElseThrow(() -> new InvalidInput(
                        "every selector of " + identity + " is taken (" + String.join(", ", new TreeSet<>(taken))
                                + "): retire one, name another one yourself, or add names to caravan.identities."
                                + settings.identity(domain) + ".dkim.selectors"));
    }

    private static List<String> byMonth(SigningAlgorithm algorithm, Instant now) {
        String month = YearMonth.from(now.atZone(ZoneOffset.UTC)).toString().replace("-", "");
        List<String> names = new ArrayList<>(List.of(algorithm.word() + month));
        for (char letter = 'b'; letter <= 'z'; letter++) {
            names.add(algorithm.word() + month + letter);
        }
        return names;
    }
}
