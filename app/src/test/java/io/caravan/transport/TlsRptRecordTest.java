package io.caravan.transport;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Where domains want their reports (RFC 8460 section 3). */
class TlsRptRecordTest {

    @Test
    void namesAddressesAndHttpsPlaces() {
        TlsRptRecord record = TlsRptRecord.of(List.of("google-site-verification=x",
                "v=TLSRPTv1; x=y; rua = mailto:tls%2Cin+a@example.org?subject=x , https://example.org/v1?a=b ;"));

        assertThat(record.mailto()).containsExactly("tls,in+a@example.org");
        assertThat(record.https()).containsExactly(URI.create("https://example.org/v1?a=b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v=TLSRPTv1", "v=TLSRPTv1;", "v=TLSRPTv2; rua=mailto:a@b.example",
            "rua=mailto:a@b.example; v=TLSRPTv1", "v=TLSRPTv1; rua=http://b.example/", "v=TLSRPTv1; rua=mailto:%zz",
            "v=TLSRPTv1; rua=https:///x", "v=TLSRPTv1; rua=https://u:p@b.example/",
            "v=TLSRPTv1x; rua=mailto:a@b.example"})
    void namesNothingWhereThereIsNothing(String text) {
        assertThat(TlsRptRecord.of(List.of(text)).isNowhere()).isTrue();
    }

    @Test
    void twoRecordsAreNone() {
        String record = "v=TLSRPTv1; rua=mailto:a@b.example";

        assertThat(TlsRptRecord.of(List.of(record, record)).isNowhere()).isTrue();
    }

    @Test
    void oneRecordDoesNotMakeUsMailTheWorld() {
        String many = "v=TLSRPTv1; rua=" + "mailto:a@b.example,".repeat(100);

        assertThat(TlsRptRecord.of(List.of(many)).mailto()).hasSize(4);
    }

    @Test
    void noRecordHoldsItsReaderUp() {
        String blanks = " ".repeat(60_000);

        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertThat(TlsRptRecord.of(List.of("v=TLSRPTv1; rua=" + blanks + "\rx")).isNowhere()).isTrue();
            assertThat(TlsRptRecord.of(List.of("v=TLSRPTv1;" + blanks + "rua" + blanks + "\u0085")).isNowhere())
                    .isTrue();
            assertThat(TlsRptRecord.of(List.of("v=TLSRPTv1" + ";".repeat(60_000))).isNowhere()).isTrue();
        });
    }
}
