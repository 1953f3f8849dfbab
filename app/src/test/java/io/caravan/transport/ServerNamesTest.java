package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.hosts.HostsFileParser;

import io.caravan.mail.DeliveryResult;
import io.caravan.transport.LocalDns.Fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Names of relays where the owner names DNS servers. */
class ServerNamesTest {

    private final LocalDns dns = new LocalDns();
    @TempDir
    private Path folder;
    private ServerNames names;

    @BeforeEach
    void start() throws IOException {
        dns.start();
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.7 desk.test relay.desk.test\n");
        names = new ServerNames(new Resolver(List.of(dns.address()), Duration.ofSeconds(2), 100, System::nanoTime),
                new HostsFileParser(hosts));
    }

    @AfterEach
    void stop() throws IOException {
        dns.close();
    }

    private List<String> of(String host) throws UnknownHostException {
        return names.of(host).stream().map(InetAddress::getHostAddress).toList();
    }

    @Test
    void theServersAreAskedForBothFamiliesAndIpv4ComesFirst() throws IOException {
        dns.with("relay.test", "AAAA", "::1").with("relay.test", "A", "127.0.0.3").with("alias.test", "CNAME",
                "relay.test.");

        assertThat(of("Relay.test")).containsExactly("127.0.0.3", "0:0:0:0:0:0:0:1");
        assertThat(of("alias.test.")).containsExactly("127.0.0.3", "0:0:0:0:0:0:0:1");
    }

    @Test
    void addressesTheHostsFileAndLocalhostNeedNoServer() throws IOException {
        dns.with("relay.desk.test", "A", "127.0.0.3");

        assertThat(of("192.0.2.1")).containsExactly("192.0.2.1");
        assertThat(of("2001:db8::1")).containsExactly("2001:db8:0:0:0:0:0:1");
        assertThat(of("relay.desk.test")).containsExactly("127.0.0.7");
        assertThat(of("localhost")).contains("127.0.0.1");
        assertThat(dns.asked()).isZero();
    }

    @Test
    void whatTheServersDoNotKnowNobodyElseIsAskedFor() {
        dns.with("empty.test", "TXT", "x").failing("away.test", Fault.SERVFAIL);

        assertThatThrownBy(() -> names.of("nowhere.test"))
                .hasMessage("the host name nowhere.test is not known to caravan.dns.servers");
        assertThatThrownBy(() -> names.of("empty.test"))
                .hasMessage("the host name empty.test has no address by caravan.dns.servers");
        assertThatThrownBy(() -> names.of("away.test")).hasMessageContaining("the DNS server 127.0.0.1:" + dns.port())
                .hasMessageContaining("SERVFAIL");
    }

    @Test
    void aRelayIsReachedByItsNameAndOneThatNobodyKnowsDefersWithTheReason() throws IOException {
        dns.with("relay.test", "A", "127.0.0.1");
        try (ScriptedSink sink = new ScriptedSink().start()) {
            Transport.Settings settings = new Transport.Settings("caravan.example", List.of(), Waits.RFC_5321, 400,
                    Trust.OF_JAVA, names);
            try (Post post = new Post(settings, Relay.parse("a", "smtp://relay.test:" + sink.port(), 1),
                    Relay.parse("b", "smtp://nowhere.test:" + sink.port(), 1))) {
                assertThat(post.send("ana@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
                assertThat(post.send(post.mail("bo@example.org", "relay:b", "Hello.\r\n")).reason())
                        .isEqualTo("relay b: the host name nowhere.test is not known to caravan.dns.servers");
                post.assertAgreesWith(sink);
            }
        }
    }
}
