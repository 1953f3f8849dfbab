package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** How a policy is found, fetched and kept (RFC 8461 section 3). */
class MtaStsFetchTest extends MtaStsFixture {

    @Test
    void aPolicyHoldsUntilItExpiresThoughItsRecordIsGone() {
        assertThat(sts().of("example.org")).isNotNull();
        zone.withoutTxt("_mta-sts.example.org");

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE)); // a new one, as after a restart
        now.set(now.get().plus(Duration.ofHours(25)));
        assertThat(sts().of("example.org")).isNull();
        assertThat(server.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 404 Not Found\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nversion: STSv1\nmode: none\n"})
    void aPolicyHoldsUntilItExpiresThoughTheNextCannotBeHad(String answer) {
        assertThat(sts().of("example.org")).isNotNull();
        zone.txt("_mta-sts.example.org", "v=STSv1; id=2;");
        server.answering(answer);

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
        assertThat(server.requests()).isEqualTo(2);
        now.set(now.get().plus(Duration.ofHours(25)));
        assertThat(sts().of("example.org")).isNull();
    }

    @Test
    void aPolicyIsFetchedAgainWhenItsIdChangesOrHalfItsTimeIsOver() {
        sts().of("example.org");
        sts().of("example.org");
        assertThat(server.requests()).isEqualTo(1);

        zone.txt("_mta-sts.example.org", "v=STSv1; id=2;");
        server.serving(ENFORCE.replace("enforce", "none"));
        assertThat(sts().of("example.org").mode()).isEqualTo(StsPolicy.Mode.NONE);

        now.set(now.get().plus(Duration.ofHours(13)));
        sts().of("example.org");
        assertThat(server.requests()).isEqualTo(3);
    }

    @Test
    void nobodyIsAskedTwiceInFiveMinutes() {
        MtaSts sts = sts();
        server.answering("HTTP/1.1 500 Oops\r\n\r\n");

        sts.of("example.org");
        now.set(now.get().plus(Duration.ofMinutes(4)));
        sts.of("example.org");

        assertThat(zone.askedForTxt()).isEqualTo(1);
        now.set(now.get().plus(Duration.ofMinutes(2)));
        sts.of("example.org");
        assertThat(zone.askedForTxt()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 302 Found\r\nLocation: https://mta-sts.example.org/x\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + ENFORCE,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 900000\r\n\r\n" + ENFORCE,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n" + ENFORCE,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + ENFORCE,
            "250 hello\r\n\r\n",
            ""})
    void whatIsNoAnswerIsNoPolicy(String answer) {
        server.answering(answer);

        assertThat(sts().of("example.org")).isNull();
        assertThat(log).containsExactly(
                new TlsLog.Entry("example.org", TlsLog.Policy.STS, "", TlsResult.STS_POLICY_FETCH_ERROR));
    }

    @Test
    void aPolicyComesInChunksToo() {
        server.answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "10;x=y\r\n" + ENFORCE.substring(0, 16) + "\r\n" + Integer.toHexString(ENFORCE.length() - 16) + "\r\n"
                + ENFORCE.substring(16) + "\r\n0\r\n\r\n");

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
    }

    @Test
    void aServerThatGivesAByteASecondIsLeft() {
        server.slowly(Duration.ofMillis(100));
        long before = System.nanoTime();

        assertThat(sts().of("example.org")).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    /** As where IPv6 leads nowhere, or one of two machines is without power. */
    @Test
    void aServerIsReachedThoughItsFirstAddressesTakeNoConnection() throws IOException {
        zone.address("mta-sts.example.org", "127.0.0.2", "127.0.0.3", "127.0.0.1");
        try (DarkHost _ = new DarkHost("127.0.0.2", server.port());
                DarkHost _ = new DarkHost("127.0.0.3", server.port())) {
            assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
        }
    }

    @Test
    void bothFamiliesOfAServersAddressesAreTried() throws IOException {
        zone.address("mta-sts.example.org", "::1", "::2", "::3", "::4", "127.0.0.1");

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
    }

    @Test
    void aPolicyThatCannotBeKeptHolds() {
        StsMemory away = new StsMemory() {
            @Override
            public Kept find(String domain) {
                return null;
            }

            @Override
            public void keep(Kept policy) {
                throw new IllegalStateException("the database is away");
            }
        };
        MtaSts sts = new MtaSts(zone, away, AUTHORITY.trust(), server.port(), Duration.ofMillis(1500),
                (entry, _) -> log.add(entry), now::get);

        assertThat(sts.of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
    }

    @Test
    void anEndlessPolicyIsNone() {
        server.answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + ENFORCE + "x".repeat(70_000));

        assertThat(sts().of("example.org")).isNull();
    }

    @Test
    void aPolicyThatIsNoneIsCounted() {
        server.serving("version: STSv1\nmode: maybe\n");

        assertThat(sts().of("example.org")).isNull();
        assertThat(log).extracting(TlsLog.Entry::result).containsExactly(TlsResult.STS_POLICY_INVALID);
    }

    @Test
    void aServerThatCannotProveItsNameServesNone() throws IOException {
        server.close();
        server = new PolicyServer(AUTHORITY.issue("example.org", "mta-sts.evil.example")).serving(ENFORCE);

        assertThat(sts().of("example.org")).isNull();
        assertThat(log).extracting(TlsLog.Entry::result).containsExactly(TlsResult.STS_WEBPKI_INVALID);
        assertThat(server.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v=STSv1", "v=STSv2; id=1;", "v=STSv1; id=;", "v=STSv1; id=a-b;", "id=1; v=STSv1;",
            "hello"})
    void aRecordThatIsNoneAsksForNothing(String record) {
        zone.txt("_mta-sts.example.org", record);

        assertThat(sts().of("example.org")).isNull();
        assertThat(server.requests()).isZero();
    }

    @Test
    void twoRecordsAreNoneAndOthersBesideDoNotMatter() {
        zone.txt("_mta-sts.example.org", "v=STSv1; id=1;", "v=STSv1; id=2;");
        assertThat(sts().of("example.org")).isNull();

        zone.txt("_mta-sts.example.org", "v=spf1 -all", "v=STSv1;id=20261125T120000Z");
        assertThat(sts().of("example.org")).isNotNull();
    }

    @Test
    void noRecordHoldsItsReaderUp() {
        for (String record : List.of("v=STSv1" + ";".repeat(60_000), "v=STSv1; id=" + " ".repeat(60_000) + "\r;",
                "v=STSv1;" + " id".repeat(20_000) + ";\n")) {
            zone.txt("_mta-sts.example.org", record);

            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThat(sts().of("example.org")).isNull());
        }
        assertThat(server.requests()).isZero();
    }
}
