package io.caravan.rendering;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.caravan.rendering.Samples.ANA;
import static io.caravan.rendering.Samples.MAILINGS;
import static io.caravan.rendering.Samples.MARKS;
import static org.assertj.core.api.Assertions.assertThat;

/** Expected is what Thymeleaf itself makes of the markup; in these rows {@code _} is a line break. */
class FlatHtmlTest {

    private static final Map<String, Object> VARS = Map.of("items", List.of("a<b", "c"), "none", List.of(), "empty",
            "", "links", List.of(Map.of("n", "N1", "u", "https://a.example/?x=1&y=2"),
                    Map.of("n", "N2", "u", "javascript:alert(1)")));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "<ul>_ <li th:each=\"i : ${vars.items}\">[[${i}]]</li>_</ul> | <ul>_ <li>a&lt;b</li>_ <li>c</li>_</ul>",
            "<ul>_ <li th:each=\"i : ${vars.none}\">[[${i}]]</li>_</ul> | <ul>_ _</ul>",
            "<p>_<b th:each=\"i : ${vars.items}\">[[${i}]]</b>_</p> | <p>_<b>a&lt;b</b><b>c</b>_</p>",
            "<th:block th:each=\"i : ${vars.items}\">_ [[${i}]]_</th:block>. | `_ a&lt;b__ c_.`",
            "<a href=\"x\" id=q th:href=\"${links.unsubscribe}\">go</a> | <a href=\"https://shop.example/u/t0ken\" id=q>go</a>",
            "<a id=q th:title=\"${first_name}\" th:href=\"${links.view}\">go</a> | <a id=q href=\"https://shop.example/v/t0ken\" title=\"Ana\">go</a>",
            "<a href=\"x\" class=\"c\" th:class=\"${vars.empty ?: ''}\" th:href=\"${vars.empty ?: ''}\">go</a> | <a href=\"\">go</a>",
            "<i th:each=\"m : ${vars.links}\"><a th:href=\"${m.u}\">[[${m.n}]]</a></i> | <i><a href=\"https://a.example/?x=1&amp;y=2\">N1</a></i><i><a href=\"#\">N2</a></i>",
            "<ul><li th:if=\"${first_name}\">one<li th:unless=\"${first_name}\">two<li>last</ul>. | <ul><li>one<li>last</ul>.",
            "<div th:switch=\"${first_name}\"><p th:case=\"'Bob'\">b</p><p th:case=\"'Ana'\">a <i>x</i></p><p th:case=\"*\">o</p></div> | <div><p>a <i>x</i></p></div>",
            "<p th:remove=\"tag\">in <b>b</b></p><p th:remove=\"body\">in <b>b</b></p><p th:remove=\"all\">in <b>b</b></p>. | in <b>b</b><p></p>.",
            "<p th:text=\"${first_name}\">x<b>y<i>z</i></b><br></p>tail | <p>Ana</p>tail",
            "<p th:text=\"${first_name}\"/>tail | <p>Ana</p>tail",
            "<img src=\"a.png\" th:alt=\"${first_name}\"><br/><hr class=\"z\"> | <img src=\"a.png\" alt=\"Ana\"><br/><hr class=\"z\">",
            "<table><tr><td th:if=\"${vars.empty}\">e<td>f<tr th:each=\"i : ${vars.items}\"><td>[[${i}]]</table>. | <table><tr><td>f<tr><td>a&lt;b<tr><td>c</table>.",
            "<!--[if mso]><table><tr><td>[x]</td></tr></table><![endif]--><p>[/] [* x [</p>[ | <!--[if mso]><table><tr><td>[x]</td></tr></table><![endif]--><p>[/] [* x [</p>[",
            "<title>Hi [[${first_name}]] &amp; co</title> | <title>Hi Ana &amp; co</title>",
    })
    void writesWhatTheEngineWouldMakeOfTheMarkup(String template, String expected) {
        Source source = new Source("spring", "Shop <shop@shop.example>", null, "Hi",
                new Part("m.html", lines(template)),
                new Part("m.txt", "x"), List.of(), Map.of(), VARS, Map.of());

        String html = MAILINGS.compile(source).preview(ANA, MARKS).html();

        assertThat(html).isEqualTo(lines(expected));
    }

    private static String lines(String row) {
        return row.replace('_', '\n').replace("first\nname", "first_name");
    }
}
