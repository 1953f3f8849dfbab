package io.caravan.delivery;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.mail.RunId;

import static org.assertj.core.api.Assertions.assertThat;

/** A batch is read by its own numbers, however long the ledger is. */
class BatchesTest {

    private static final int PLANNED = 50_000;

    private final LedgerFixture on = new LedgerFixture();

    @Test
    void readsOnlyTheRowsOfItsRanges() {
        RunId run = planned();
        BatchReference batch = on.claims.claim(run, LedgerFixture.NODE, LedgerFixture.EPOCH, Map.of(1, 100, 2, 50))
                .orElseThrow();

        List<Planned> rows = on.transaction.execute(_ -> {
            long before = rowsRead();
            List<Planned> read = on.batches.rows(batch);
            assertThat(rowsRead() - before).as("rows that were read").isLessThan(1_000);
            return read;
        });

        assertThat(rows).hasSize(150).extracting(row -> row.row().n()).doesNotHaveDuplicates();
        assertThat(rows).filteredOn(row -> row.lane() == 2).hasSize(50);
    }

    /** By this connection: a transaction keeps it. */
    private long rowsRead() {
        return on.jdbc.sql("select sum(variable_value) from information_schema.session_status"
                + " where variable_name like 'handler\\_read%'").query(Long.class).single();
    }

    private RunId planned() {
        RunId run = on.run();
        on.jdbc.sql("insert into contact (address, written, domain) select concat('p', seq, '@a.example'),"
                + " concat('p', seq, '@a.example'), 'a.example' from seq_1_to_" + PLANNED).update();
        on.jdbc.sql("insert into contact_version (contact_id, version, attributes) select id, 1, '{}' from contact")
                .update();
        on.jdbc.sql(
                """
                insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state)
                select :run, row_number() over (order by id), id, 1, address, domain, if(id < 25000, 1, 2), 'pending' from contact""")
                .param("run", run.value()).update();
        on.jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n) select run_id, lane_id, min(n), max(n)"
                + " from delivery group by run_id, lane_id").update();
        return run;
    }
}
