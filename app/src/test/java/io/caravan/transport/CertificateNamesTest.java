package io.caravan.transport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CertificateNamesTest {

    private static final TestCertificates AUTHORITY = new TestCertificates();

    @ParameterizedTest
    @CsvSource({"mx.example.org,mx.example.org,true", "MX.Example.org,mx.example.ORG,true",
            "*.example.org,mx.example.org,true", "*.example.org,example.org,false",
            "*.example.org,a.mx.example.org,false", "mx*.example.org,mx1.example.org,false",
            "*,mx.example.org,false", "*.,example,false", "example.org,mx.example.org,false",
            "127.0.0.1,127.0.0.1,true", "127.0.0.1,127.0.0.2,false", "*.0.0.1,127.0.0.1,false"})
    void coverOneLabelByAStarAndNothingElse(String name, String host, boolean covers) {
        assertThat(CertificateNames.of(AUTHORITY.issue(name).certificate()).cover(host)).isEqualTo(covers);
    }

    @Test
    void areSaidInShort() {
        assertThat(
                CertificateNames.of(AUTHORITY.issue("a.example", "b.example", "c.example", "d.example").certificate()))
                .hasToString("a.example, b.example, c.example and 1 more");
    }
}
