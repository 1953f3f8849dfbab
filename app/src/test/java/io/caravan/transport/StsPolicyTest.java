package io.caravan.transport;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.InvalidInput;
import io.caravan.transport.StsPolicy.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class StsPolicyTest {

    @Test
    void isReadAsItsStandardSays() {
        StsPolicy policy = StsPolicy.parse("""
                version: STSv1\r
                mode: enforce\r
                mx: MX1.example.org\r
                mx: *.example.net\r
                max_age: 604800\r
                """);

        assertThat(policy).isEqualTo(new StsPolicy(Mode.ENFORCE, List.of("mx1.example.org", "*.example.net"),
                Duration.ofDays(7)));
        assertThat(policy.names("mx1.example.org")).isTrue();
        assertThat(policy.names("a.example.net")).isTrue();
        assertThat(policy.names("a.b.example.net")).isFalse();
        assertThat(policy.names("example.net")).isFalse();
    }

    @Test
    void maySayMoreThanItsStandardKnows() {
        assertThat(StsPolicy.parse("version: STSv1\nmode: testing\nmax_age:99999999\nmx:a.example\nx-new: thing\n"))
                .isEqualTo(new StsPolicy(Mode.TESTING, List.of("a.example"), Duration.ofSeconds(31_557_600)));
        assertThat(StsPolicy.parse("version: STSv1\nmode: none\nmax_age: 60").mode()).isEqualTo(Mode.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mode: enforce\nmx: a.example\nmax_age: 60",
            "version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 60",
            "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 60", "version: STSv1\nmode: enforce\nmax_age: 60",
            "version: STSv1\nmode: enforce\nmx: a.example", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1",
            "version: STSv1\nmode: enforce\nmx: *\nmax_age: 60",
            "version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 60",
            "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 12345678901", "<html>\n<body>not found</body>"})
    void isTakenAsAWholeOrNotAtAll(String text) {
        assertThatThrownBy(() -> StsPolicy.parse(text)).isInstanceOf(InvalidInput.class);
    }

    /** A server may send 64 kB of anything: neither the time nor the depth of reading may grow out of hand with it. */
    @ParameterizedTest
    @MethodSource
    void noTextHoldsItsReaderUp(String text) {
        assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> assertThatThrownBy(() -> StsPolicy.parse(text)).isInstanceOfSatisfying(InvalidInput.class,
                        fault -> assertThat(fault.problems()).hasSizeLessThan(12)));
    }

    static List<String> noTextHoldsItsReaderUp() {
        String good = "version: STSv1\nmode: enforce\nmax_age: 60\nmx: ";
        return List.of(good + " ".repeat(60_000) + "\rx", good + "a.".repeat(30_000) + "a", good + "a-".repeat(30_000),
                good + "a.example\n" + "mx: ?\n".repeat(10_000), good + "a.example\n" + "?\n".repeat(30_000));
    }
}
