package io.caravan.web.mailbox;

import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.mailbox.Mailbox;
import io.caravan.web.FramedHtml;
import io.caravan.web.Sample;
import io.caravan.web.Site;

import static org.assertj.core.api.Assertions.assertThat;

class MailboxPagesTest {

    private static Site site;

    @BeforeAll
    static void open() {
        site = Site.shared();
    }

    @BeforeEach
    void empty() {
        site.bean(Mailbox.class).clear();
    }

    @Test
    void listsNewestFirstInPages() throws Exception {
        for (int n = 1; n <= 60; n++) {
            site.keep(n, "p" + n + "@example.org", "Mail number " + n, "Subject: x\n\nx");
        }

        String first = site.owner("/mailbox").body();
        String older = first.replaceAll("(?s).*href=\"(/mailbox\\?[^\"]*before=\\d+)\".*", "$1").replace("&amp;", "&");
        String second = site.owner(older).body();

        assertThat(first).contains("60 kept").contains("Mail number 60<").contains("Mail number 11<")
                .doesNotContain("Mail number 10<");
        assertThat(second).contains("Mail number 10<").contains("Mail number 1<").doesNotContain("rel=\"next\"");
        assertThat(site.owner("/mailbox?q=p33@").body()).contains("Mail number 33<").doesNotContain("Mail number 34<");
        assertThat(site.owner("/mailbox?q=nobody").body()).contains("None found");
    }

    @Test
    void saysWhatFillsAnEmptyMailbox() throws Exception {
        assertThat(site.owner("/mailbox").body()).contains("No mail yet").contains("drop folder");
    }

    @Test
    void showsAMailAsHtmlTextHeadersAndSource() throws Exception {
        long id = site.keep(1, "ana@example.org", "Spring is here, Ana \uD83C\uDF37", Sample.MAIL);

        assertThat(site.owner("/mailbox/" + id).body()).contains("<iframe sandbox=\"\"")
                .contains("src=\"/mailbox/" + id + "/html\"")
                .contains("Bedingungen ü.pdf").contains("https://shop.example/spring?a=1&amp;b=2")
                .doesNotContain("Dear Ana");
        assertThat(site.owner("/mailbox/" + id + "?view=text").body()).contains("grüne Soße")
                .contains("b+1.x@bounces.shop.example");
        assertThat(site.owner("/mailbox/" + id + "?view=headers").body()).contains("List-Unsubscribe-Post")
                .contains("Spring is here, Ana 🌷")
                .contains("s=c1; h=From");
        assertThat(site.owner("/mailbox/" + id + "?view=source").body())
                .contains("Content-Transfer-Encoding: quoted-printable");
    }

    @Test
    void framedHtmlIsAloneUnderItsOwnPolicyWithItsImagesInside() throws Exception {
        long id = site.keep(2, "ana@example.org", "Spring", Sample.MAIL);

        HttpResponse<String> html = site.owner("/mailbox/" + id + "/html");

        assertThat(html.headers().allValues("Content-Security-Policy")).containsExactly(FramedHtml.POLICY);
        assertThat(FramedHtml.POLICY).startsWith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
                .contains("sandbox;");
        assertThat(html.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(html.body()).contains("grüne Soße").contains("src=\"data:image/png;base64,iVBOR")
                .doesNotContain("cid:");
    }

    @Test
    void downloadsAreSavedAndNeverShown() throws Exception {
        long id = site.keep(3, "ana@example.org", "Spring", Sample.MAIL);

        HttpResponse<String> raw = site.owner("/mailbox/" + id + "/raw");
        HttpResponse<String> part = site.owner("/mailbox/" + id + "/attachments/0");

        assertThat(raw.body()).isEqualTo(Sample.MAIL.replace("\n", "\r\n"));
        assertThat(raw.headers().firstValue("Content-Type")).contains("message/rfc822");
        for (HttpResponse<String> download : List.of(raw, part)) {
            assertThat(download.headers().firstValue("Content-Disposition").orElseThrow()).startsWith("attachment");
            assertThat(download.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
        assertThat(part.body()).isEqualTo("%PDF-1.4\n");
        assertThat(part.headers().firstValue("Content-Type")).contains("application/octet-stream");
    }

    @Test
    void whateverTheBytesAreThereIsAPage() throws Exception {
        List<String> odd = List.of("", "\n", "no colon here", "Content-Type: multipart/mixed\n\nno boundary",
                "Content-Type: text/html; charset=nobody-knows\n\n<p>x</p>",
                "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(40),
                "Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n%%%%",
                "Subject: =?utf-8?q?=FF=FE?= =?x?y?z?=\n\n\u0000\u0001",
                "X: " + "y".repeat(100_000) + "\n\nz", "Content-Type: message/rfc822\n\nSubject: inner\n\ninner");
        for (int n = 0; n < odd.size(); n++) {
            long id = site.keep(100 + n, "ana@example.org", "", odd.get(n));

            for (String path : List.of("", "?view=text", "?view=html", "?view=headers", "?view=source",
                    "?view=%3Cscript%3E", "/html", "/raw")) {
                assertThat(site.owner("/mailbox/" + id + path).statusCode()).as("mail %d, %s", n, path).isEqualTo(200);
            }
        }
        assertThat(site.owner("/mailbox").body()).contains("(no subject)");
    }

    @Test
    void unknownMailsAreNotFound() throws Exception {
        for (String path : List.of("/mailbox/999999999", "/mailbox/999999999/html", "/mailbox/999999999/raw",
                "/mailbox/x", "/mailbox/-1",
                "/mailbox/1234567890123456789012", "/mailbox/1/attachments/0")) {
            HttpResponse<String> answer = site.owner(path);

            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).contains("There is nothing here").contains("To the overview");
        }
    }
}
