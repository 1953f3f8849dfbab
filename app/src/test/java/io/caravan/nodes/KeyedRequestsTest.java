package io.caravan.nodes;

import java.time.InstantSource;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;

import static org.assertj.core.api.Assertions.assertThat;

class KeyedRequestsTest {

    /** More than two slices of a removal. */
    private static final int OLD = 20_001;

    private final DataSource source = TestDatabase.fresh();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final KeyedRequests requests = TestLedgers.on(source, InstantSource.system()).getBean(KeyedRequests.class);

    @Test
    void removesAllThatAreOlderThanADayHoweverMany() {
        kept("old", OLD, "25 hour");
        kept("young", 2, "23 hour");

        assertThat(requests.removeOld()).isEqualTo(OLD);

        assertThat(jdbc.sql("select name from request_key order by name").query(String.class).list())
                .containsExactly("young1", "young2");
    }

    private void kept(String name, int many, String age) {
        jdbc.sql("insert into request_key (name, fingerprint, node_id, epoch, since, status)"
                + " select concat(:name, seq), '', 1, 1, utc_timestamp(6) - interval " + age + ", 200 from seq_1_to_"
                + many).param("name", name).update();
    }
}
