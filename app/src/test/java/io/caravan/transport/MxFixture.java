package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;

/** Hosts on several loopback addresses, all on one port, and a DNS of their own; at the end all must agree on who was mailed. */
abstract class MxFixture {

    static final Waits QUICK = Post.SCALED.idlingAtMost(Duration.ofMillis(100));

    final LocalDns dns = new LocalDns();
    final Map<String, ScriptedSink> sinks = new HashMap<>();
    int port;
    Post post;
    Reuse reuse = new Reuse(100, Duration.ofMinutes(5));
    ProviderCheck check = ProviderCheck.NONE;
    SpecialAddresses special = SpecialAddresses.ALLOW; // its hosts are this machine
    List<InetAddress> bind = List.of();
    Duration dnsTimeout = Duration.ofMillis(300);

    @BeforeEach
    void start() throws IOException {
        dns.start();
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            port = probe.getLocalPort();
        }
        post = post(QUICK, 20, List.of());
    }

    @AfterEach
    void stop() throws IOException {
        post.close();
        post.assertAgreesWith(sinks.values().toArray(ScriptedSink[]::new));
        for (ScriptedSink sink : sinks.values()) {
            sink.close();
        }
        dns.close();
    }

    Post post(Waits waits, int connections, List<Providers.Rule> rules) {
        Dns resolver = new Resolver(List.of(dns.address()), dnsTimeout, 10_000, System::nanoTime);
        MxRouting routing = new MxRouting(resolver, new Providers(rules), special, System::nanoTime);
        return new Post(new Transport.Settings("caravan.example", bind, waits, 2000),
                new Transport.Mx(routing, resolver, port, connections, reuse, Duration.ofMillis(500), check));
    }

    /** A host at {@code 127.0.0.n}. */
    ScriptedSink sink(int n) throws IOException {
        return sink("127.0.0." + n, new ScriptedSink());
    }

    ScriptedSink sink(String address, ScriptedSink made) throws IOException {
        sinks.put(address, made);
        return made.start(address, port);
    }

    DeliveryResult send(String to) {
        return post.send(post.mx(to));
    }

    /** To an address as people write it. */
    Cleared mail(String written) {
        return post.mail(EmailAddress.parse(written), Transport.MX);
    }
}
