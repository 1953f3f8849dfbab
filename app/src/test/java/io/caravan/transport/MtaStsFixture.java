package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A domain with an MTA-STS policy (RFC 8461), its record in a zone and its server on loopback. */
abstract class MtaStsFixture {

    static final TestCertificates AUTHORITY = new TestCertificates();
    static final String MX = "mx.example.org";
    static final String ENFORCE = "version: STSv1\nmode: enforce\nmx: mx.example.org\nmax_age: 86400\n";
    final Map<String, StsMemory.Kept> kept = new ConcurrentHashMap<>();

    final StsMemory memory = new StsMemory() {
        @Override
        public Kept find(String domain) {
            return kept.get(domain);
        }

        @Override
        public void keep(Kept policy) {
            kept.put(policy.domain(), policy);
        }
    };

    final List<TlsLog.Entry> log = new CopyOnWriteArrayList<>();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T12:00:00Z"));
    Zone zone;
    PolicyServer server;

    @BeforeEach
    void publishes() throws IOException {
        zone = new Zone().host("example.org", 10, MX, "127.0.0.1").address("mta-sts.example.org", "127.0.0.1")
                .txt("_mta-sts.example.org", "v=STSv1; id=1;");
        server = new PolicyServer(AUTHORITY.issue("mta-sts.example.org")).serving(ENFORCE);
    }

    @AfterEach
    void closes() throws IOException {
        server.close();
    }

    MtaSts sts() {
        return new MtaSts(zone, memory, AUTHORITY.trust(), server.port(), Duration.ofMillis(1500),
                (entry, _) -> log.add(entry), now::get);
    }
}
