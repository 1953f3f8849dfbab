package io.caravan.rendering;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MailLintTest {

    private static final String OUT = "http://127.0.0.1:8080/u/1.2.abc";
    private static final String GOOD = "<html><body><div style=\"display: none\">Ten things to plant now</div>"
            + "<img src=\"cid:logo\" alt=\"Ana's Shop\"><p>Hello</p><a href=\"https://shop.example/a?b=1&amp;c=[x]\">Shop</a>"
            + "<a href=\"" + OUT + "\">Unsubscribe</a><a href=\"mailto:hello@shop.example\">Write</a></body></html>";

    private static List<Finding> lint(String subject, String html, String text, Map<String, Integer> pictures) {
        return MailLint.of(new Preview(subject, html, text), pictures, OUT, "http://127.0.0.1:8080");
    }

    private static List<String> codes(String html) {
        return lint("Spring", html, "Hello " + OUT, Map.of("logo", 4000)).stream().map(Finding::code).toList();
    }

    @Test
    void aCarefulMailHasNothingToLookAt() {
        assertThat(codes(GOOD)).isEmpty();
    }

    @Test
    void tellsOfImagesWithoutWords() {
        assertThat(codes(GOOD.replace(" alt=\"Ana's Shop\"", ""))).containsExactly("missing_alt");
        assertThat(codes(GOOD.replace("Ana's Shop", ""))).isEmpty();
    }

    @Test
    void tellsOfLinksThatLookBroken() {
        for (String broken : List.of("", "#", "shop.example", "https://", "https://shop", "javascript:alert(1)",
                "mailto:",
                "mailto:hello", "https://shop example/", "//shop.example", "[[${vars.url}]]",
                "https://${vars.host}.example/")) {
            assertThat(codes(GOOD.replace("https://shop.example/a?b=1&amp;c=[x]", broken))).as(broken)
                    .containsExactly("broken_link");
        }
        assertThat(codes(GOOD.replace("href=\"https://shop.example/a?b=1&amp;c=[x]\"", "")))
                .containsExactly("broken_link");
    }

    @Test
    void tellsOfLinksThatAreNotHttpsButNotOfItsOwn() {
        assertThat(codes(GOOD.replace("https://shop", "http://shop"))).containsExactly("not_https");
    }

    @Test
    void tellsOfAMissingWayOut() {
        assertThat(lint("Spring", GOOD.replace(OUT, "https://shop.example/"), "Hello", Map.of("logo", 1)))
                .extracting(Finding::code).containsExactly("no_unsubscribe");
        assertThat(codes(GOOD.replace(OUT, "https://shop.example/"))).containsExactly("no_unsubscribe");
    }

    @Test
    void tellsWhereGmailCuts() {
        String filler = "<!-- " + "x".repeat(MailLint.GMAIL_CLIPS - GOOD.length() - 9) + " -->";
        assertThat(codes(GOOD.replace("<p>", filler + "<p>"))).isEmpty();
        assertThat(codes(GOOD.replace("<p>", filler.replace("--> ".strip(), "y-->") + "<p>")))
                .containsExactly("clipped");
    }

    @Test
    void tellsOfWhatIsMissing() {
        assertThat(lint(" ", GOOD, " ", Map.of("logo", 1))).extracting(Finding::code)
                .containsExactly("missing_subject", "missing_text");
        assertThat(codes(GOOD.replace("display: none", "color: red"))).containsExactly("missing_preheader");
    }

    @Test
    void tellsOfImagesThatAreTooLargeOrWillNotBeSeen() {
        assertThat(lint("Spring", GOOD, "Hello", Map.of("logo", 500_001))).extracting(Finding::code)
                .containsExactly("large_images");
        assertThat(lint("Spring", GOOD, "Hello", Map.of())).extracting(Finding::code).containsExactly("broken_image");
        assertThat(codes(GOOD.replace("cid:logo", "http://shop.example/logo.png"))).containsExactly("image_not_https");
        assertThat(codes(GOOD.replace("cid:logo", "logo.png"))).containsExactly("broken_image");
    }

    @Test
    void eachFindingSaysWhatToDo() {
        assertThat(lint("", "<img src=x><a href=''>x</a>", "", Map.of("logo", 9_000_000)))
                .hasSizeGreaterThan(5).allSatisfy(one -> assertThat(one.remedy()).isNotBlank());
    }

    @Test
    void linksAreListedOnce() {
        assertThat(MailLint.links(new Preview("",
                "<a href=' https://a.example/?x=1&amp;y=2 '>a</a><a href='https://a.example/?x=1&y=2'>b</a>",
                ""))).containsExactly("https://a.example/?x=1&y=2");
    }
}
