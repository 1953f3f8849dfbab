package io.caravan.nodes;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A node as the ledger knows it.
 *
 * @param name   the UUID in its data folder
 * @param bootId of the machine at its last start
 * @param until  the end of its lease; past means that it died, was stopped, or cannot reach the database
 * @param lostAt when somebody declared it lost; null: nobody did since its last start
 * @param stays  the settings by which its mail stays in the built-in mailbox, as a number; null: it has not said
 * @param staysEpoch the epoch in which it had them
 */
@Table("node")
public record KnownNode(@Id int id, String name, String host, int epoch, String bootId, Instant until,
        Instant startedAt, @Nullable Instant lostAt, @Nullable Long stays, @Nullable Integer staysEpoch) {

    /** True if in this epoch of it the same mail stayed in the built-in mailbox as by these settings. False: other mail, or nobody knows. */
    public boolean keptAlike(int life, long settings) {
        return stays != null && staysEpoch != null && staysEpoch == life && stays == settings;
    }
}
