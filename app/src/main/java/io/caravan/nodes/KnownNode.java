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
 */
@Table("node")
public record KnownNode(@Id int id, String name, String host, int epoch, String bootId, Instant until,
        Instant startedAt, @Nullable Instant lostAt) {
}
