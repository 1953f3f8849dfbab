package io.caravan.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.LocalDns;
import io.caravan.transport.PolicyServer;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Domains that demand TLS, on the whole product: their mail waits for hosts that cannot prove who they are, and how it went is counted. */
class TlsPolicyIT {

    private static final String POLICY = "version: STSv1\nmode: enforce\nmx: mx.strict.example\nmax_age: 86400\n";

    private static final List<String> DEMANDING = List.of("strict", "safe", "bank");

    @TempDir
    private Path data;
    @TempDir
    private Path keys;

    @Test
    void mailWaitsForAHostThatProvesItsNameAndOthersDoNotNotice() throws IOException, CertificateEncodingException {
        TestCertificates authority = new TestCertificates();
        Path roots = keys.resolve("roots.pem");
        Files.writeString(roots, "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(authority.root().getEncoded())
                + "\n-----END CERTIFICATE-----\n");
        TestCertificates.Issued real = authority.issue("mx.strict.example");
        int port = freePort();
        try (LocalDns dns = new LocalDns().start();
                PolicyServer policy = new PolicyServer(authority.issue("mta-sts.strict.example")).serving(POLICY);
                ScriptedSink impostor = new ScriptedSink().quiet()
                        .withTls(authority.issue("mx.evil.example").server(), false)
                        .start("127.0.0.2", port);
                Server server = Server.on(data, "caravan.mode=production",
                        "caravan.public-url=https://mail.shop.example",
                        "caravan.dns.servers=127.0.0.1:" + dns.port(), "caravan.mx.port=" + port,
                        "caravan.mx.special-addresses=allow",
                        "caravan.tls.domains.bank.example=verified", "caravan.tls.roots=" + roots,
                        "caravan.tls.mta-sts.port=" + policy.port(),
                        "caravan.waits.relay-rest=1s", "caravan.retry.first=1s", "caravan.retry.max-interval=2s")) {
            publish(dns, "_" + port + "._tcp.mx.safe.example", real);
            server.start();

            server.campaign("easy", Server.people(10, "easy.example"));
            for (String name : DEMANDING) {
                server.campaign(name, Server.people(10, name + ".example"));
            }
            server.awaitRun("easy", RunState.FINISHED);
            assertThat(server.counts("easy")).isEqualTo(Map.of(RowState.ACCEPTED, 10L));
            for (String name : DEMANDING) {
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(server.ledger(name))
                        .filteredOn(row -> row.status().equals("4.7.5")).hasSize(10));
                assertThat(server.counts(name)).doesNotContainKeys(RowState.BOUNCED, RowState.ACCEPTED);
            }
            assertThat(impostor.taken()).allSatisfy(mail -> assertThat(mail.recipient()).endsWith("@easy.example"));

            impostor.close();
            try (ScriptedSink host = new ScriptedSink().quiet().withTls(real.server(), false).start("127.0.0.2",
                    port)) {
                for (String name : DEMANDING) {
                    server.awaitRun(name, RunState.FINISHED);
                    assertThat(server.counts(name)).isEqualTo(Map.of(RowState.ACCEPTED, 10L));
                }
                assertThat(host.takenCount()).isEqualTo(30);
            }
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(results(server)).contains(
                    "strict.example sts mx.strict.example certificate-host-mismatch",
                    "strict.example sts mx.strict.example success",
                    "safe.example tlsa mx.safe.example validation-failure",
                    "safe.example tlsa mx.safe.example success",
                    "bank.example no-policy-found mx.strict.example certificate-host-mismatch",
                    "bank.example no-policy-found mx.strict.example success",
                    "easy.example no-policy-found mx.strict.example success"));
            assertThat(server.sql().sql("select policy from sts_policy where domain = 'strict.example'")
                    .query(String.class).single()).isEqualTo(POLICY);
        }
    }

    /** Four domains behind one address: one publishes a policy, one its certificate's key, one is named in our settings, one asks for nothing. */
    private static void publish(LocalDns dns, String tlsa, TestCertificates.Issued real) {
        dns.withMx("strict.example", 10, "mx.strict.example", "127.0.0.2")
                .withMx("bank.example", 10, "mx.strict.example", "127.0.0.2")
                .withMx("easy.example", 10, "mx.strict.example", "127.0.0.2")
                .withMx("safe.example", 10, "mx.safe.example", "127.0.0.2")
                .with(tlsa, "TLSA",
                        "3 1 1 " + ScriptedSink.sha256(real.certificate().getPublicKey().getEncoded()))
                .validated("safe.example").validated("mx.safe.example").validated(tlsa)
                .with("_mta-sts.strict.example", "TXT", "\"v=STSv1; id=1;\"")
                .with("mta-sts.strict.example", "A", "127.0.0.1");
    }

    private static List<String> results(Server server) {
        return server.sql().sql("select concat_ws(' ', domain, policy, host, result) from tls_result")
                .query(String.class).list();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            return probe.getLocalPort();
        }
    }
}
