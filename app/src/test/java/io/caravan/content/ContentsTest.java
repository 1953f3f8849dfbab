package io.caravan.content;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.PermanentFault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContentsTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final JdbcClient JDBC = JdbcClient.create(DATABASE);
    private static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, InstantSource.system());

    private final Contents contents = LEDGERS.getBean(Contents.class);

    @Test
    void keepsEqualBytesOnce() {
        long first = contents.keep(bytes("<p>Grüße</p>"));

        long again = contents.keep(bytes("<p>Grüße</p>"));
        long other = contents.keep(bytes("<p>Grüsse</p>"));

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(contents.bytes(first)).isEqualTo(bytes("<p>Grüße</p>"));
    }

    @Test
    void keepsEqualBytesOnceAtTheSameTime() throws Exception {
        try (var threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Long>> keepers = Stream.generate(() -> (Callable<Long>) () -> contents.keep(bytes("at once")))
                    .limit(24).toList();

            var ids = threads.invokeAll(keepers).stream().map(f -> f.resultNow()).distinct().toList();

            assertThat(ids).hasSize(1);
        }
    }

    @Test
    void keepsManyInOrder() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("b.html", bytes("b"));
        files.put("a.png", new byte[]{0, -1, 13, 10});

        Map<String, Long> ids = contents.keepAll(files);

        assertThat(ids.keySet()).containsExactly("b.html", "a.png");
        assertThat(contents.bytes(ids.get("a.png"))).containsExactly(0, -1, 13, 10);
    }

    @Test
    void saysThatAContentIsNotThere() {
        assertThatThrownBy(() -> contents.bytes(999_999)).isInstanceOf(PermanentFault.class)
                .hasMessageContaining("content 999999");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
