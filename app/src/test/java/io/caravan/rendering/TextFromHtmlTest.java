package io.caravan.rendering;

import java.util.List;

import org.junit.jupiter.api.Test;

import static io.caravan.rendering.Samples.ANA;
import static io.caravan.rendering.Samples.MARKS;
import static io.caravan.rendering.Samples.mailing;
import static io.caravan.rendering.Samples.person;
import static org.assertj.core.api.Assertions.assertThat;

class TextFromHtmlTest {

    private static String made(String html, Person person) {
        return mailing(html).preview(person, MARKS).text();
    }

    @Test
    void writesHeadingsParagraphsListsTablesAndLinks() {
        String html = """
                <!DOCTYPE html>
                <html><head><title>T</title><style>p { color: red }</style></head>
                <body>
                  <div style="display: none">preview line</div>
                  <h1>Spring &amp; you</h1>
                  <p>Dear [[${first_name}]],<br>it is   <b>spring</b>&nbsp;again.
                     See <a href="https://shop.example/">the shop</a> or <a href="https://shop.example/x">https://shop.example/x</a>.</p>
                  <ul><li>Tea</li><li><p>Coffee</p></li></ul>
                  <ol><li>one<ul><li>deep</li></ul></li><li>two</li></ol>
                  <table><tr><th>Item</th><th>Price</th></tr><tr><td>Tea</td><td>9</td></tr></table>
                  <hr>
                  <img src="cid:logo" alt="Our shop"> <a th:href="${links.unsubscribe}">Unsubscribe</a>
                  <a href="mailto:hello@shop.example">hello@shop.example</a>
                </body></html>
                """;

        String text = made(html, ANA);

        assertThat(text).isEqualTo("""
                Spring & you
                ============

                Dear Ana,
                it is spring again. See the shop (https://shop.example/) or https://shop.example/x.

                - Tea
                - Coffee

                1. one
                  - deep
                2. two

                Item | Price
                Tea | 9

                ----------

                Our shop Unsubscribe (https://shop.example/u/t0ken) hello@shop.example
                """);
    }

    @Test
    void keepsTestsAndLoops() {
        String html = "<p th:if=\"${first_name}\">Dear <b th:text=\"${first_name}\">x</b></p><p th:unless=\"${first_name}\">Hello</p>"
                + "<table><th:block th:each=\"i : ${vars.items}\"><tr><td>[[${iStat.count}]]</td><td th:text=\"${i.name}\">n</td></tr></th:block></table>"
                + "<ul><li th:each=\"i : ${vars.items}\">[[${i.name}]]</li></ul><p>End</p>";

        assertThat(made(html, ANA))
                .isEqualTo("Dear Ana\n\n1 | Tea\n2 | Cup & saucer\n\n- Tea\n- Cup & saucer\n\nEnd\n");
        assertThat(made(html, person())).startsWith("Hello\n\n1 | Tea\n");
    }

    @Test
    void neverTakesLiteralTextForStructure() {
        assertThat(made("<p>[# th:if=x] [/] [ [x] &#91;[first]] [" + "<b>[</b>[[${first_name}]]</p>", ANA))
                .isEqualTo("[# th:if=x] [/] [ [x] [[first]] [[Ana\n");
    }

    @Test
    void sendsItBesideTheHtml() {
        List<Shortcoming> none = mailing("<p>[[${first_name}]]</p>").evaluate(ANA);

        assertThat(none).isEmpty();
        assertThat(new String(Samples.bytes(mailing("<p>[[${first_name}]]!</p>").render(ANA, MARKS))))
                .contains("\r\n\r\nAna!\r\n--=_a_");
    }
}
