package io.caravan.rendering;

import org.junit.jupiter.api.Test;

import static io.caravan.rendering.Samples.ANA;
import static io.caravan.rendering.Samples.htmlOf;
import static org.assertj.core.api.Assertions.assertThat;

class StyleInlinerTest {

    private static String body(String css, String body) {
        String html = htmlOf("<html><head><style>" + css + "</style></head><body>" + body + "</body></html>", ANA);
        return html.substring(html.indexOf("<body>") + 6, html.indexOf("</body>"));
    }

    @Test
    void ordersByImportanceSpecificityAndPosition() {
        String css = "/* c */ p { color: red; margin: 0 !important; padding: 1px } .a { color: blue } #i { color: green } p { padding: 2px }";

        assertThat(body(css, "<p>x</p>")).isEqualTo("<p style=\"color: red; padding: 2px; margin: 0\">x</p>");
        assertThat(body(css, "<p class=\"a\">x</p>")).contains("color: blue");
        assertThat(body(css, "<p class=\"a\" id=\"i\">x</p>")).contains("color: green");
        assertThat(body(css, "<p style=\"color:black;margin:9px;top: 1px\" class=\"a\">x</p>"))
                .isEqualTo("<p style=\"padding: 2px; color: black; top: 1px; margin: 0\" class=\"a\">x</p>");
        assertThat(body(css, "<p style=\"margin:9px !important\">x</p>")).contains("margin: 9px !important");
    }

    @Test
    void knowsDescendantsChildrenAndAttributes() {
        String css = "table.t td { a: 1 } div > b { c: 2 } a[href^='https'] { d: 3 } td, i { e: 4 } h1 + p { f: 5 }";

        assertThat(body(css, "<table class=\"t\"><tr><td>x</td></tr></table>")).contains("<td style=\"e: 4; a: 1\">");
        assertThat(body(css, "<div><b>x</b><u><b>y</b></u></div>"))
                .isEqualTo("<div><b style=\"c: 2\">x</b><u><b>y</b></u></div>");
        assertThat(body(css, "<a href=\"https://x/\">x</a><a href='http://x/'>y</a>"))
                .isEqualTo("<a style=\"d: 3\" href=\"https://x/\">x</a><a href='http://x/'>y</a>");
        assertThat(body(css, "<h1>x</h1><p>y</p>")).contains("<p style=\"f: 5\">");
    }

    @Test
    void leavesWhatOnlyASheetCanSay() {
        String html = htmlOf(
                "<html><head><style type=\"text/css\">p { color: red } @media (max-width: 600px) { p { color: blue !important } } a:hover { top: 0 }"
                        + "@import url('x;y.css'); b::: { left: 0 }</style></head><body><p>x</p></body></html>",
                ANA);

        assertThat(html).isEqualTo(
                "<html><head><style type=\"text/css\">\n@media (max-width: 600px) { p { color: blue !important } }\na:hover {top: 0}\n@import url('x;y.css');\n"
                        + "b::: {left: 0}\n</style></head><body><p style=\"color: red\">x</p></body></html>");
    }

    @Test
    void keepsExpressionsAndEverythingElseAsWritten() {
        String html = htmlOf(
                "<!DOCTYPE html>\n<HTML><head><style>td { color: \"x\" }</style></head><body  bgcolor=#fff>\n<table><th:block th:each=\"i : ${vars.items}\">"
                        + "<tr><td th:text=\"${i.name}\" class='q'>n</td></tr></th:block></table>\n<!--[if mso]><td>m</td><![endif]--></body></HTML>\n",
                ANA);

        assertThat(html).isEqualTo(
                "<!DOCTYPE html>\n<HTML><head></head><body  bgcolor=#fff>\n<table><tr><td style=\"color: 'x'\" class='q'>Tea</td></tr>"
                        + "<tr><td style=\"color: 'x'\" class='q'>Cup &amp; saucer</td></tr></table>\n<!--[if mso]><td>m</td><![endif]--></body></HTML>\n");
    }

    @Test
    void survivesBrokenSheets() {
        assertThat(body("p { color: red", "<p>x</p>")).isEqualTo("<p>x</p>");
        assertThat(body("} p { color: red }", "<p>x</p>")).contains("<p");
        assertThat(body("p { : ; color }", "<p>x</p>")).contains("x</p>");
    }
}
