package io.caravan.mailbox;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class StoredMailTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {"filename=\"Bob's and Ann's.pdf\" | Bob's and Ann's.pdf",
            "filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf | Grüße.pdf",
            "filename=\"=?UTF-8?Q?Gr=C3=BC=C3=9Fe.pdf?=\" | Grüße.pdf",
            "filename=terms.pdf | terms.pdf", "filename*0=\"te\"; filename*1=\"rms.pdf\" | terms.pdf",
            "size=1 | part 1"})
    void namesAnAttachmentAsItsMailDoes(String parameter, String name) {
        String mail = "Content-Type: application/pdf\r\nContent-Disposition: attachment; " + parameter + "\r\n\r\nx";

        assertThat(StoredMail.parse(mail.getBytes(StandardCharsets.UTF_8)).attachments())
                .extracting(StoredMail.Attachment::name)
                .containsExactly(name);
    }
}
