package io.caravan.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;

/**
 * The MTA-STS policies of recipients' domains (RFC 8461): asked for by TXT, fetched when the record's id is new or half the policy's time is
 * over, and kept. A policy that was seen holds until it expires, even if record and server are gone since: that may be an attack.
 */
public final class MtaSts {

    private static final Logger LOG = System.getLogger(MtaSts.class.getName());
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(5); // as RFC 8461 section 3.3 bounds failing fetches
    private static final int MOST = 20_000;
    private static final int FETCHES = 100; // at once
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1,32}");

    /** @param policy null: there is none */
    record Looked(@Nullable StsPolicy policy, Instant until) {
    }

    private final Dns dns;
    private final StsMemory memory;
    private final PolicyFetch fetch;
    private final TlsLog log;
    private final InstantSource clock;
    private final Map<String, Looked> looked = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, CompletableFuture<Looked>> looking = new HashMap<>(); // guarded by looked
    private final Semaphore fetches = new Semaphore(FETCHES);

    /**
     * @param port     of the policies' HTTPS servers: 443, but for tests
     * @param patience for one fetch
     */
    public MtaSts(Dns dns, StsMemory memory, Trust trust, int port, Duration patience, TlsLog log,
            InstantSource clock) {
        this.dns = dns;
        this.memory = memory;
        fetch = new PolicyFetch(dns, trust, port, patience);
        this.log = log;
        this.clock = clock;
    }

    /** What is known without asking anybody; null: ask. */
    @Nullable
    Looked known(String domain) {
        synchronized (looked) {
            Looked entry = looked.get(domain);
            return entry != null && clock.instant().isBefore(entry.until()) ? entry : null;
        }
    }

    /**
     * The policy that holds now, null if there is none. May wait for the DNS and for the policy's server: once for all mail of a domain that
     * comes meanwhile, so that a full batch is one fetch, and one failure in the report.
     */
    @Nullable
    StsPolicy of(String domain) {
        CompletableFuture<Looked> mine = new CompletableFuture<>();
        CompletableFuture<Looked> others;
        synchronized (looked) {
            Looked recent = known(domain);
            if (recent != null) {
                return recent.policy();
            }
            others = looking.putIfAbsent(domain, mine);
        }
        if (others != null) {
            return others.join().policy();
        }
        try {
            Looked found = look(domain);
            mine.complete(found);
            return found.policy();
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            synchronized (looked) {
                looking.remove(domain);
            }
        }
    }

    private Looked look(String domain) {
        Instant now = clock.instant();
        StsMemory.Kept kept = memory.find(domain);
        StsMemory.Kept holds = kept != null && now.isBefore(kept.expires()) ? kept : null;
        StsMemory.Kept found = looked(domain, holds, now);
        StsPolicy policy = found == null ? null : StsPolicy.parse(found.text());
        Looked fresh = new Looked(policy, now.plus(LOOK_AGAIN));
        synchronized (looked) {
            looked.put(domain, fresh);
            if (looked.size() > MOST) {
                looked.remove(looked.keySet().iterator().next());
            }
        }
        return fresh;
    }

    private StsMemory.@Nullable Kept looked(String domain, StsMemory.@Nullable Kept holds, Instant now) {
        String id = id(dns.txt("_mta-sts." + domain));
        if (id == null || holds != null && holds.id().equals(id) && now.isBefore(middle(holds))) {
            return holds;
        }
        try {
            String text = fetched(domain);
            StsPolicy policy = StsPolicy.parse(text);
            StsMemory.Kept fresh = new StsMemory.Kept(domain, id, text, now, now.plus(policy.maxAge()));
            keep(fresh);
            return fresh;
        } catch (PolicyFetch.Failed e) {
            failed(domain, e.result, e.getMessage());
        } catch (InvalidInput e) {
            failed(domain, TlsResult.STS_POLICY_INVALID, String.join(", ", e.problems()));
        }
        return holds;
    }

    /** That it cannot be kept changes nothing of what it says: it is fetched again when this node has forgotten it. */
    private void keep(StsMemory.Kept policy) {
        try {
            memory.keep(policy);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "event=mta-sts-not-kept domain=" + policy.domain(), e);
        }
    }

    private String fetched(String domain) throws PolicyFetch.Failed {
        fetches.acquireUninterruptibly();
        try {
            return fetch.get(domain);
        } finally {
            fetches.release();
        }
    }

    private void failed(String domain, TlsResult result, @Nullable String why) {
        LOG.log(Level.INFO, "event=mta-sts-failed domain={0} result={1} reason={2}", domain, result.word(), why);
        log.session(new TlsLog.Entry(domain, TlsLog.Policy.STS, "", result), TlsLog.Seen.NOTHING);
    }

    private static Instant middle(StsMemory.Kept policy) {
        return policy.fetchedAt().plus(Duration.between(policy.fetchedAt(), policy.expires()).dividedBy(2));
    }

    /** The id of the one record that counts; null: there is none, several, or nobody knows (RFC 8461 section 3.1). */
    private static @Nullable String id(Dns.Answer<String> answer) {
        if (!(answer instanceof Dns.Records<String>(List<String> all, Duration _, boolean _, String _))) {
            return null;
        }
        List<String> records = all.stream().filter(text -> text.matches("v=STSv1[ \\t]*(;.*)?")).toList();
        if (records.size() != 1) {
            return null;
        }
        for (String field : records.getFirst().split(";")) {
            int equals = field.indexOf('=');
            if (equals >= 0 && StsPolicy.trimmed(field.substring(0, equals)).equals("id")) {
                String id = StsPolicy.trimmed(field.substring(equals + 1));
                return ID.matcher(id).matches() ? id : null;
            }
        }
        return null;
    }
}
