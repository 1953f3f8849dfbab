package io.caravan.flow;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.caravan.transport.LocalDns;
import io.caravan.transport.Resolver;

import static org.assertj.core.api.Assertions.assertThat;

class DnsHealthTest {

    @Test
    void namesAServerThatDeniesWithoutProof() throws Exception {
        try (LocalDns server = new LocalDns().start()) {
            Resolver resolver = new Resolver(List.of(new InetSocketAddress("127.0.0.1", server.port())),
                    Duration.ofSeconds(2), 0, System::nanoTime);
            DnsHealth health = new DnsHealth(resolver.denials());
            resolver.mx("gone.example");
            assertThat(health.health()).as("as it should be").isEqualTo(Health.up().build());

            server.failing(LocalDns.Fault.NO_SOA);
            resolver.mx("doubtful.example");

            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            Map<String, Object> details = health.health().getDetails();
            assertThat(details.get("unproved_denials").toString()).contains("127.0.0.1:" + server.port(),
                    "of its 2 denials", "doubtful.example").doesNotContain("seems to leave it out always");
        }
    }

    @Test
    void saysWhatToDoIfItAlwaysDoes() throws Exception {
        try (LocalDns server = new LocalDns().start()) {
            server.failing(LocalDns.Fault.NO_SOA);
            Resolver resolver = new Resolver(List.of(new InetSocketAddress("127.0.0.1", server.port())),
                    Duration.ofSeconds(2), 0, System::nanoTime);
            resolver.mx("gone.example");

            assertThat(new DnsHealth(resolver.denials()).health().getDetails().toString())
                    .contains("1 of its 1 denials", "name another one in caravan.dns.servers");
        }
    }
}
