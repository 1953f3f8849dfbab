package io.caravan.transport;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** Where MTA-STS policies are kept, over restarts: one that was seen holds for as long as it said, whatever the DNS says later. */
public interface StsMemory {

    /**
     * @param domain as A-label, lower case
     * @param id     of the TXT record it was fetched for
     * @param text   the policy as it was served
     */
    record Kept(String domain, String id, String text, Instant fetchedAt, Instant expires) {
    }

    /** Null: none, or it has expired. */
    @Nullable
    Kept find(String domain);

    /** In place of what was kept of this domain. */
    void keep(Kept policy);
}
