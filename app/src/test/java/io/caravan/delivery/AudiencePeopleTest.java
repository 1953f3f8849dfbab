package io.caravan.delivery;

import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import io.caravan.TestDatabase;
import io.caravan.delivery.PlanOrder.ExcludedList;
import io.caravan.delivery.PlanOrder.OfList;

import static org.assertj.core.api.Assertions.assertThat;

/** What pages read of a large audience: by its keys, and of the rows asked for alone. */
class AudiencePeopleTest {

    private static final int MANY = 100_000;

    @Test
    void nobodyReadsThroughALargeListForAPage() throws SQLException {
        SingleConnectionDataSource one = new SingleConnectionDataSource(TestDatabase.fresh().getConnection(), true);
        JdbcClient jdbc = JdbcClient.create(one);
        jdbc.sql(
                "insert into contact (address, written, domain, version) select concat('p', lpad(seq, 7, '0'), '@a.example'),"
                        + " concat('p', lpad(seq, 7, '0'), '@a.example'), 'a.example', 1 from seq_1_to_" + MANY)
                .update();
        jdbc.sql("insert into contact_version (contact_id, version, attributes) select id, 1, '{}' from contact")
                .update();
        jdbc.sql("insert into list_member (list_id, contact_id) select 7, id from contact").update();
        jdbc.sql("insert into list_member (list_id, contact_id) select 8, id from contact where id % 10 = 0").update();
        AudiencePeople people = new AudiencePeople(jdbc);
        SessionReads reads = new SessionReads(jdbc);
        OfList all = new OfList(7);

        assertThat(reads.of(() -> people.ends(all).orElseThrow())).isLessThan(10);
        assertThat(reads.of(() -> people.next(all, 77_777).orElseThrow())).isLessThan(10);
        assertThat(reads.of(() -> people.beginning(all, "p0", 8))).isLessThan(500);
        assertThat(
                reads.of(() -> people.slice(all, List.of(new ExcludedList("list:8", 8)), List.of("global"), 50_000,
                        50)))
                .isLessThan(500);
        assertThat(people.slice(all, List.of(new ExcludedList("list:8", 8)), List.of("global"), 50_000, 50))
                .hasSize(50).filteredOn(someone -> someone.reason().equals("excluded:list:8")).hasSize(5);
        one.destroy();
    }
}
