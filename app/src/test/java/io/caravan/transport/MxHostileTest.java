package io.caravan.transport;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.caravan.mail.DeliveryResult;
import io.caravan.transport.ScriptedSink.Script;

import static org.assertj.core.api.Assertions.assertThat;

/** Two hosts a domain that each misbehave in every session, by chance (seeded): no hang, no loss, no double, whoever takes over. */
class MxHostileTest extends MxFixture {

    @Test
    void hostsThatMisbehaveLoseNothingAndHangNowhere() throws IOException {
        post.close();
        post = post(HostileSessionsTest.SHORT, 10, List.of());
        Random random = new Random(20261125);
        for (int i = 0; i < 10; i++) {
            for (int host = 1; host <= 2; host++) {
                String address = "127.0." + host + "." + (10 + i);
                sink(address, new ScriptedSink().quiet().next(Stream.generate(() -> HostileSessionsTest.hostile(random))
                        .limit(10).toArray(Script[]::new)));
                dns.withMx("d" + i + ".example", 10 * host, "mx" + host + ".d" + i + ".test", address);
            }
        }

        List<DeliveryResult> results = post.sendAll(IntStream.range(0, 300)
                .mapToObj(i -> post.mx("p" + i + "@d" + i % 10 + ".example")).toList());

        assertThat(results).hasSize(300).noneSatisfy(result -> assertThat(result.reason()).contains("our own error"));
        assertThat(results).hasAtLeastOneElementOfType(DeliveryResult.Accepted.class)
                .hasAtLeastOneElementOfType(DeliveryResult.InDoubt.class);
        assertThat(sinks.values()).allSatisfy(sink -> assertThat(sink.strays()).isZero());
    }
}
