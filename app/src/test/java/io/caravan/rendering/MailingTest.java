package io.caravan.rendering;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.mail.InvalidInput;

import static io.caravan.rendering.Samples.ANA;
import static io.caravan.rendering.Samples.MAILINGS;
import static io.caravan.rendering.Samples.MARKS;
import static io.caravan.rendering.Samples.htmlOf;
import static io.caravan.rendering.Samples.person;
import static io.caravan.rendering.Samples.source;
import static io.caravan.rendering.Samples.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MailingTest {

    @Test
    void fillsInAttributesVarsCampaignAndLinks() {
        String template = "<p>[[${first_name}]] [(${contact.first_name})] [[${contact.email}]] <b th:text=\"${vars.year}\">x</b> [[${campaign.name}]]"
                + " [[${campaign.tags.season}]] <a th:href=\"${links.unsubscribe}\">stop</a></p>";

        String html = htmlOf(template, ANA);

        assertThat(html).isEqualTo("<p>Ana Ana ana@example.org <b>2026</b> spring-2026 spring "
                + "<a href=\"https://shop.example/u/t0ken\">stop</a></p>");
    }

    @Test
    void escapesInHtmlAndNowhereElse() {
        Person person = person("name", "O'Brien & Söhne <x>");

        Preview preview = MAILINGS.compile(source("Dear [[${name}]], [(${name})]",
                "<p title=\"t\" th:title=\"${name}\">[[${name}]] [(${name})]</p>",
                "Dear [[${name}]], [(${name})]")).preview(person, MARKS);

        String escaped = "O&#39;Brien &amp; Söhne &lt;x&gt;";
        assertThat(preview.html()).isEqualTo("<p title=\"" + escaped + "\">" + escaped + " " + escaped + "</p>");
        assertThat(preview.text()).isEqualTo("Dear O'Brien & Söhne <x>, O'Brien & Söhne <x>");
        assertThat(preview.subject()).isEqualTo("Dear O'Brien & Söhne <x>, O'Brien & Söhne <x>");
    }

    @Test
    void takesTheDefaultForAMissingOrEmptyAttribute() {
        String template = "[[${first_name} ?: 'friend']] [[${first_name ?: 'friend'}]] [[${first_name} ? |Dear ${first_name}| : 'Hello']]";

        String ana = textOf(template, ANA);
        String nobody = textOf(template, person("first_name", ""));

        assertThat(ana).isEqualTo("Ana Ana Dear Ana");
        assertThat(nobody).isEqualTo("friend friend Hello");
    }

    @Test
    void namesTheTemplateLineOfAMissingAttribute() {
        Mailing mailing = MAILINGS.compile(source("Hi [[${first_name}]]",
                "<html>\n<body>\n<p>Dear\n [[${first_name}]]</p>\n<p th:text=\"${city}\"></p></body></html>",
                "one\ntwo [[${first_name}]]"));

        List<Shortcoming> found = mailing.evaluate(person("first_name", ""));

        assertThat(found).extracting(s -> s.template() + ":" + s.line() + " " + s.attribute())
                .containsExactlyInAnyOrder("subject:1 first_name",
                        "spring.html:4 first_name", "spring.html:5 city", "spring.txt:2 first_name");
        assertThat(found.getFirst().what()).contains("no value for 'first_name'").contains("?:");
        assertThat(mailing.evaluate(person("first_name", "Ana", "city", "Rome"))).isEmpty();
    }

    @Test
    void namesWhatThePersonHasInsteadOfAMissingAttribute() {
        Mailing mailing = Samples.mailing("<p>[[${vorname}]]</p>");

        List<Shortcoming> found = mailing.evaluate(person("first_name", "Ana", "city", "Rome", "street", ""));

        assertThat(found).singleElement().extracting(Shortcoming::what).asString()
                .startsWith("no value for 'vorname' (this person has city, first_name); give a default");
    }

    @Test
    void findsAnAttributeHoweverItsNameIsWritten() {
        String html = Samples.htmlOf("<p>[[${City} ?: 'nowhere']] [[${contact.CITY}]]</p>", person("city", "Rome"));

        assertThat(html).contains("Rome Rome");
    }

    @Test
    void saysOnceWhatTheMadeTextLacksToo() {
        Mailing mailing = Samples.mailing("<p>\n[[${first_name}]]</p>");

        List<Shortcoming> found = mailing.evaluate(person());

        assertThat(found).extracting(Shortcoming::toString).singleElement().asString()
                .startsWith("spring.html:2: no value for 'first_name'");
    }

    @Test
    void neverSendsAnEmptyGreeting() {
        Mailing mailing = Samples.mailing("<p>Dear [[${first_name}]]</p>");

        assertThatThrownBy(() -> mailing.render(person(), MARKS)).isInstanceOf(RenderingFault.class)
                .hasMessageStartingWith("spring.html:1: no value for 'first_name'");
    }

    @Test
    void asksNothingOfWhatATestLeavesOut() {
        String template = "<p><b th:if=\"${city}\">in [[${city}]]</b><i th:unless=\"${city}\">somewhere</i>"
                + "<u th:switch=\"${tier}\"><s th:case=\"'gold'\">G</s><s th:case=\"*\">other</s></u></p>";

        String rome = htmlOf(template, person("city", "Rome", "tier", "gold"));
        String nowhere = htmlOf(template, person());

        assertThat(rome).isEqualTo("<p><b>in Rome</b><u><s>G</s></u></p>");
        assertThat(nowhere).isEqualTo("<p><i>somewhere</i><u><s>other</s></u></p>");
        assertThat(Samples.mailing(template).evaluate(person())).isEmpty();
    }

    @Test
    void loopsOverListsOfVars() {
        String html = htmlOf(
                "<table><tr th:each=\"i, s : ${vars.items}\"><td th:text=\"${s.count}\"></td><td>[[${i.name}]]</td>"
                        + "<td th:with=\"cost=${i.price * 2}\">[[${cost}]]</td></tr><tr th:each=\"n : ${vars.none}\"><td>no</td></tr></table>",
                ANA);
        String text = textOf(
                "[# th:each=\"i : ${vars.items}\"][[${iStat.count}]] [[${i.name}]] [[${i.price}]];[/][[${vars.items.0.name}]]",
                ANA);

        assertThat(html).isEqualTo(
                "<table><tr><td>1</td><td>Tea</td><td>19.0</td></tr><tr><td>2</td><td>Cup &amp; saucer</td><td>24</td></tr></table>");
        assertThat(text).isEqualTo("1 Tea 9.5;2 Cup & saucer 12;Tea");
    }

    @Test
    void comparesCountsAndJoins() {
        Person person = person("age", "42", "code", "007", "city", "Rome");

        String text = textOf(
                "[[${age} > 18 ? 'adult' : 'child']] [[${age >= 42 and city == 'Rome'}]] [[${code}]] [[${code} == 7]] [[${code} == '7']] "
                        + "[['a' + ${city} + 'b']] [[${age} - 2]] [[not ${missing}]] [[${missing} == null]] [[${age lt 50}]]",
                person);

        assertThat(text).isEqualTo("adult true 007 true false aRomeb 40 true true true");
    }

    @Test
    void offersAFewFunctions() {
        String text = textOf(
                "[[${upper(city)}]] [[${lower(city)}]] [[${capitalize('élan')}]] [[${url(q)}]] [[${trim(' x ')}]]",
                person("city", "Rome", "q", "a b&c=é"));

        assertThat(text).isEqualTo("ROME rome Élan a%20b%26c%3D%C3%A9 x");
    }

    @Test
    void disarmsLinksThatDataTurnsIntoScripts() {
        String html = htmlOf(
                "<a th:href=\"${site}\">x</a><a th:attr=\"href=${page},title=${site}\">y</a><img th:src=\"${site}\" alt=\"\"/>",
                person("site", " java\tscript:alert(1)", "page", "https://ok.example/?a=b:c&d"));

        assertThat(html).isEqualTo(
                "<a href=\"#\">x</a><a href=\"https://ok.example/?a=b:c&amp;d\" title=\" java\tscript:alert(1)\">y</a>"
                        + "<img alt=\"\" src=\"#\"/>");
    }

    @Test
    void putsValuesIntoTitles() {
        assertThat(htmlOf("<html><head><title>For [[${first_name}]] &amp; you</title></head><body></body></html>", ANA))
                .contains("<title>For Ana &amp; you</title>");
    }

    @Test
    void saysEveryProblemWithItsPlace() {
        Source source = source("[[${vars.yaer}]]",
                "<p>\n<b th:utext=\"${a}\"></b>\n<i th:text=\"${a.b}\"></i>\n<p title=\"${a}\">Dear ${first_name}</p></x>",
                "[# th:if=\"${a}\"]\n[[${links.unsub}]]");

        assertThatThrownBy(() -> MAILINGS.compile(source)).isInstanceOfSatisfying(InvalidInput.class,
                e -> assertThat(e.problems()).satisfiesExactlyInAnyOrder(
                        p -> assertThat(p)
                                .startsWith("subject:1: nothing named 'vars.yaer'; known are items, none, open, year"),
                        p -> assertThat(p).startsWith("spring.html:2: th:utext is not offered"),
                        p -> assertThat(p).startsWith("spring.html:3: 'a.b': attributes are plain texts"),
                        p -> assertThat(p).startsWith("spring.html:4: '${a}' is not evaluated in title="),
                        p -> assertThat(p).startsWith("spring.html:4: '${first_name}' stands outside of [[...]]"),
                        p -> assertThat(p).startsWith("spring.html:4: </x> closes nothing"),
                        p -> assertThat(p).startsWith("spring.txt:1: [# ...] is not closed"),
                        p -> assertThat(p).startsWith("spring.txt:2: nothing named 'links.unsub'")));
    }

    @Test
    void refusesASenderThatIsNone() {
        Source good = Samples.text("x");
        Source bad = new Source(good.campaign(), "Shop", good.replyTo(), "s", null, good.text(), List.of(), Map.of(),
                Map.of(), Map.of());

        assertThatThrownBy(() -> MAILINGS.compile(bad)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("from:1:");
    }

    @Test
    void endsWhatIsTooMuch() {
        List<Integer> hundred = java.util.stream.IntStream.range(0, 100).boxed().toList();
        Source loops = new Source("c", "a@b.example", null, "s", null,
                new Part("t.txt",
                        "[# th:each=\"a : ${vars.l}\"][# th:each=\"b : ${vars.l}\"][# th:each=\"c : ${vars.l}\"].[/][/][/]"),
                List.of(),
                Map.of(), Map.of("l", hundred), Map.of());

        assertThatThrownBy(() -> MAILINGS.compile(loops)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("t.txt:1: more than 20000 turns");
        assertThatThrownBy(() -> MAILINGS.compile(Samples.text("x".repeat(600_000))))
                .hasMessageContaining("spring.txt:1: 600000 bytes");
        assertThatThrownBy(() -> Samples.mailing("<b>".repeat(200))).hasMessageContaining("nested more than 100 deep");
        assertThatThrownBy(() -> Samples.mailing("<br>".repeat(20_001)))
                .hasMessageContaining("more than 20000 elements");
        assertThatThrownBy(() -> MAILINGS.compile(Samples.text("[[" + "(".repeat(100) + "1" + ")".repeat(100) + "]]")))
                .hasMessageContaining("deep");
        Mailing small = new Mailings(new MailLimits(9999, 2000, 1, 99, 9, 9, java.time.Duration.ofSeconds(1)))
                .compile(Samples.text("[[${a} ?: '']]"));
        assertThatThrownBy(() -> small.render(person("a", "y".repeat(3000)), MARKS)).isInstanceOf(RenderingFault.class)
                .hasMessageContaining("longer than 2000 bytes");
    }

    @Test
    void takesOnlyPlainValuesAsVars() {
        List<Object> bomb = List.of("x");
        for (int i = 0; i < 18; i++) {
            bomb = List.of(bomb, bomb);
        }
        Map<String, Object> vars = Map.of("bomb", bomb, "bean", new StringBuilder("x"));
        Source source = new Source("c", "a@b.example", null, "s", null, new Part("t.txt", "x"), List.of(), Map.of(),
                vars, Map.of());

        assertThatThrownBy(() -> MAILINGS.compile(source)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("too much");
        assertThatThrownBy(() -> MAILINGS
                .compile(new Source("c", "a@b.example", null, "s", null, new Part("t.txt", "x"), List.of(), Map.of(),
                        Map.of("bean", new StringBuilder("x")), Map.of())))
                .hasMessageContaining("'vars.bean' is neither text");
    }

    @Test
    void takesStyleSheetsAndScriptsAsTheyAre() {
        String head = "<head><style>*{margin:0} a:hover{top:0}</style><script type=\"application/ld+json\">{\"a\": [[1, 2]]}</script></head>";

        assertThat(htmlOf("<html>" + head + "<body><p>x</p></body></html>", ANA)).contains("[[1, 2]]")
                .contains("<p style=\"margin: 0\">");
        assertThatThrownBy(() -> Samples.mailing("<script>var a = '${first_name}'</script>"))
                .hasMessageContaining("not evaluated in a <script>");
    }

    @Test
    void leavesCommentsAtHomeButOutlooks() {
        assertThat(htmlOf("<p><!-- secret -->a<!--[if mso]><b>o</b><![endif]--></p>", ANA))
                .isEqualTo("<p>a<!--[if mso]><b>o</b><![endif]--></p>");
    }

    @Test
    void hasNoOgnlBesideIt() {
        assertThatThrownBy(() -> Class.forName("ognl.Ognl")).isInstanceOf(ClassNotFoundException.class);
    }
}
