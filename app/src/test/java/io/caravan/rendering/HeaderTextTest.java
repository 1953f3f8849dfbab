package io.caravan.rendering;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderTextTest {

    @Test
    void findsTheFirstFieldOfThatNameInAnyCaseAndNotInTheBody() {
        String mail = "X-Subject: no\r\nsubject: first\r\nSubject: second\r\n\r\nFrom: body\r\n";

        assertThat(HeaderText.decoded(mail, "Subject")).isEqualTo("first");
        assertThat(HeaderText.decoded(mail, "From")).isEmpty();
        assertThat(HeaderText.decoded(mail, "Sub")).isEmpty();
    }

    @Test
    void unfoldsALongFieldAndJoinsEncodedWordsThatWereCutInTwo() {
        String mail = "Subject: a long =?UTF-8?B?R3LDvMOf?=\r\n =?UTF-8?Q?e_aus_K=C3=B6ln?=\r\n today\r\nTo: x\r\n";

        assertThat(HeaderText.decoded(mail, "Subject")).isEqualTo("a long Gr\u00fc\u00dfe aus K\u00f6ln today");
    }

    @ParameterizedTest
    @CsvSource({"=?ISO-8859-1?Q?caf=E9?=, caf\u00e9", "=?utf-8?q?a_b?= c, a b c",
            "=?nobody-knows?B?YWJj?=, [nobody-knows]",
            "=?UTF-8?B?not base64?=, =?UTF-8?B?not base64?=", "=?UTF-8?B?***?=, ***", "=?UTF-8?Q?=ZZ?=, =ZZ",
            "=?UTF-8?Q?tail=?=, tail=", "plain = ?text?, plain = ?text?"})
    void decodesWhatCanBeDecodedAndLeavesTheRest(String written, String read) {
        assertThat(HeaderText.decoded("Subject: " + written + "\r\n", "Subject")).isEqualTo(read);
    }

    /** As much as a cell of a CSV may hold: read by a regular expression it took the stack of the whole batch with it. */
    @Test
    void readsAFieldOfAnyLength() {
        String long64k = "x".repeat(76).concat("\r\n ").repeat(850);

        assertThat(HeaderText.decoded("From: a\r\nSubject: " + long64k + "\r\nTo: b\r\n\r\nSubject: body", "Subject"))
                .hasSizeGreaterThan(64_000).doesNotContain("To:");
        assertThat(HeaderText.decoded("Subject: " + "y".repeat(200_000) + "\r\n", "subject")).hasSize(200_000);
    }
}
