package io.caravan.rendering;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.Fault;
import io.caravan.mail.InvalidInput;

import static io.caravan.rendering.Samples.MAILINGS;
import static io.caravan.rendering.Samples.MARKS;
import static io.caravan.rendering.Samples.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Nothing that somebody writes into a template, a subject or a CSV cell is ever run. */
class TemplateInjectionTest {

    private static final long LONGEST_MILLIS = 250;
    private static final java.lang.management.ThreadMXBean CPU = java.lang.management.ManagementFactory
            .getThreadMXBean();
    private static final java.util.regex.Pattern PROBLEM = java.util.regex.Pattern
            .compile("(?s)[\\w.]+:\\d+: .+[;,].+");
    private static final java.util.regex.Pattern EVALUATED = java.util.regex.Pattern
            .compile("(?<!\\d)49(?!\\d)|class java|ClassLoader@|Process\\[|@[0-9a-f]{6}|root:");
    /** Each holds the expression where {@code %s} stands. */
    private static final Map<String, String> IN_HTML = new LinkedHashMap<>();
    private static final List<String> IN_TEXT = List.of("[[%s]]", "[(%s)]", "[# th:if=\"%s\"]x[/]",
            "[# th:text=\"%s\"/]", "[# th:each=\"a : %s\"]x[/]", "[# th:with=\"a=%s\"]x[/]",
            "[# th:utext=\"%s\"/]", "[# th:insert=\"%s\"/]", "[#th:block th:switch=\"%s\"][# th:case=\"1\"]x[/][/]",
            "[[${vars.year} + %s]]");

    static {
        for (String attribute : List.of("text", "utext", "if", "unless", "switch", "case", "href", "src", "alt",
                "title", "object", "insert", "replace", "include", "fragment",
                "inline", "onclick", "value", "style", "assert", "field", "remove", "ref", "attrappend", "classappend",
                "errors", "xmlbase")) {
            IN_HTML.put("th:" + attribute, "<p th:" + attribute + "=\"%s\">x</p>");
        }
        IN_HTML.put("data-th-text", "<p data-th-text=\"%s\">x</p>");
        IN_HTML.put("TH:TEXT", "<p TH:TEXT='%s'>x</p>");
        IN_HTML.put("each", "<p th:each=\"a : %s\">x</p>");
        IN_HTML.put("with", "<p th:with=\"a=%s\">x</p>");
        IN_HTML.put("attr", "<p th:attr=\"title=%s\">x</p>");
        IN_HTML.put("attr name", "<p th:attr=\"%s=1\">x</p>");
        IN_HTML.put("inline", "<p>[[%s]]</p>");
        IN_HTML.put("inline raw", "<p>[(%s)]</p>");
        IN_HTML.put("title", "<html><head><title>[[%s]]</title></head></html>");
        IN_HTML.put("default", "<p th:text=\"${a} ?: %s\">x</p>");
        IN_HTML.put("joined", "<p th:text=\"|a %s b|\">x</p>");
        IN_HTML.put("prototype comment", "<!--/*/ <p th:text=\"%s\">x</p> /*/-->");
        IN_HTML.put("hidden comment", "<!--/*--> <p th:text=\"%s\">x</p> <!--*/-->");
        IN_HTML.put("in an attribute", "<p title=\"<!--/*/\">a</p><p th:text=\"%s\">x</p><p title=\"/*/-->\">b</p>");
        IN_HTML.put("script", "<script th:inline=\"javascript\">var a = [[%s]];</script>");
        IN_HTML.put("cdata", "<![CDATA[ [[%s]] ]]>");
        IN_HTML.put("textarea", "<textarea>[[%s]]</textarea>");
    }

    @TempDir
    Path folder;
    private ServerSocketChannel canary;
    private int reachedBefore;

    @BeforeEach
    void listen() throws IOException {
        canary = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        canary.configureBlocking(false);
        Samples.htmlOf("<p th:text=\"'warm'\">x</p>", Samples.ANA);
        reachedBefore = Marker.Count.REACHED.get();
    }

    @AfterEach
    void nothingWasReached() throws IOException {
        try (var socket = canary) {
            assertThat(Marker.Count.REACHED.get()).as("marker class").isEqualTo(reachedBefore);
            assertThat(socket.accept()).as("socket").isNull();
            try (var files = Files.list(folder)) {
                assertThat(files).as("files").isEmpty();
            }
        }
    }

    /** What an attacker would want to run; each would leave a trace, or a result of 49. */
    private List<String> codes() throws IOException {
        String file = folder.resolve("made").toString();
        String url = "http://127.0.0.1:" + ((InetSocketAddress) canary.getLocalAddress()).getPort() + "/";
        return List.of("T(java.lang.Runtime).getRuntime().exec('touch " + file + "')",
                "T(java.lang.System).getenv('PATH')", "new java.io.File('" + file + "').createNewFile()",
                "new java.io.FileOutputStream('" + file + "')", "''.getClass().forName('io.caravan.rendering.Marker')",
                "''.class.forName('io.caravan.rendering.Marker').newInstance()",
                "contact.class.classLoader",
                "contact.getClass().getClassLoader().loadClass('io.caravan.rendering.Marker')",
                "contact.email.class.name",
                "new org.springframework.core.io.UrlResource('" + url + "').contentLength()",
                "new org.springframework.core.io.UrlResource('file:/etc/passwd').contentLength()",
                "new org.springframework.core.io.FileSystemResource('" + file + "').getOutputStream()",
                "new org.springframework.jdbc.datasource.DriverManagerDataSource('jdbc:mariadb://127.0.0.1/').getConnection()",
                "new org.springframework.core.env.StandardEnvironment()",
                "T(io.caravan.rendering.Marker).touch()", "@io.caravan.rendering.Marker@touch()",
                "new io.caravan.rendering.Marker()", "contact.delete()", "vars.items.clear()",
                "new org.yaml.snakeyaml.Yaml().load('!!io.caravan.rendering.Marker {}')",
                "#strings.repeat('x', 20000000)", "#ctx.getVariables()", "#execInfo.templateName",
                "#root.class", "#this.class", "@bean.touch()", "#vars", "param.x[0].class", "{1,2,3}.![#this]",
                "(#a=T(io.caravan.rendering.Marker)).touch()",
                "#context['xwork.MethodAccessor.denyMethodExecution']=false", "''.class)].getClass()",
                "_memberAccess.allowStaticMethodAccess", "#{7*7}", "''['class']", "contact?.class?.name",
                "7*7}__::.x", "template :: fragment", "vars['items'].clear()", "''.bytes.class",
                "T (io.caravan.rendering.Marker).touch()");
    }

    private static final List<UnaryOperator<String>> DISGUISES = List.of(code -> code, code -> code.replace("(", "\t("),
            code -> code.replace(" ", "\u00a0").replace(".", "\u00a0."),
            code -> code.replace(".", "./**/"), code -> code.replace("T(", "\\u0054(").replace("new", "\\u006eew"),
            code -> code.replace("T(", "&#84;(").replace("new ", "&#110;ew&#32;"),
            code -> code.replace(".", "\n."), code -> "1 == 1 ? " + code + " : 1", code -> "'a' + " + code,
            code -> "upper(" + code + ")");
    private static final List<String> WRAPS = List.of("${%s}", "*{%s}", "@{%s}", "#{%s}", "~{%s}", "${__${%s}__}",
            "__${%s}__", "${{%s}}", "@{/x(a=${%s})}", "~{::%s}", "%s");

    @Test
    void runsNothingThatATemplateHolds() throws IOException {
        int tried = 0;
        for (String code : codes()) {
            for (int disguise = 0; disguise < DISGUISES.size(); disguise++) {
                for (int wrap = 0; wrap < WRAPS.size(); wrap++) {
                    if (disguise > 0 && wrap > 0 && (disguise + wrap) % 3 != 0) {
                        continue; // each disguise meets each wrap with a third of the codes' places
                    }
                    String expression = WRAPS.get(wrap).replace("%s", DISGUISES.get(disguise).apply(code));
                    tried += everywhere(expression, disguise == 0 || wrap == 0);
                }
            }
        }
        assertThat(tried).isGreaterThan(5_000);
    }

    private int everywhere(String expression, boolean all) {
        List<Source> sources = new ArrayList<>();
        String quoted = expression.replace("\"", "&quot;");
        int at = Math.floorMod(expression.hashCode(), 7);
        for (String place : IN_HTML.values()) {
            if (all && at++ % 7 == 0 || place.contains("[[") && all || at++ % 11 == 0) {
                sources.add(source("s", place.replace("%s", quoted), null));
            }
        }
        for (String place : IN_TEXT) {
            if (all || at++ % 5 == 0) {
                sources.add(source("s", null, place.replace("%s", expression)));
            }
        }
        sources.add(source("a [[%s]]".replace("%s", expression), null, "x"));
        sources.add(source("a [(%s)]".replace("%s", expression), null, "x"));
        sources.forEach(TemplateInjectionTest::harmless);
        return sources.size();
    }

    /** Refused with file and line, or rendered without having evaluated anything. */
    private static void harmless(Source source) {
        long start = CPU.getCurrentThreadCpuTime(); // not the wall's: others work on the machine too
        String outcome;
        try {
            Preview preview = MAILINGS.compile(source).preview(Samples.person("a", "A"), MARKS);
            outcome = preview.subject() + preview.html() + preview.text();
        } catch (InvalidInput e) {
            for (String problem : e.problems()) {
                if (!PROBLEM.matcher(problem).matches()) {
                    throw new AssertionError(problem);
                }
            }
            outcome = "";
        } catch (Fault e) {
            outcome = "";
        }
        long millis = (CPU.getCurrentThreadCpuTime() - start) / 1_000_000;
        if (EVALUATED.matcher(outcome).find() || millis > LONGEST_MILLIS) {
            String all = millis + " ms, " + outcome + " from " + source;
            throw new AssertionError(all.substring(0, Math.min(all.length(), 1000)));
        }
    }

    @Test
    void refusesEveryPayloadAsAnExpression() throws IOException {
        for (String code : codes()) {
            if (code.equals("contact.email.class.name") || code.startsWith("_memberAccess")
                    || code.startsWith("contact.class.")) {
                continue; // only names: below
            }
            Source source = source("s", "<p th:text=\"${" + code.replace("\"", "&quot;") + "}\">x</p>", null);
            assertThatThrownBy(() -> MAILINGS.compile(source)).as(code).isInstanceOf(InvalidInput.class)
                    .hasMessageStartingWith("spring.html:1: ");
        }
        assertThatThrownBy(() -> Samples.mailing("<p th:text=\"${contact.class.classLoader}\">x</p>"))
                .hasMessageContaining("have no parts");
        assertThat(Samples.htmlOf("<p th:text=\"${contact.class} ?: 'none'\">x</p>", Samples.ANA))
                .isEqualTo("<p>none</p>");
    }

    @Test
    void runsNothingThatAPersonsDataHold() throws IOException {
        Mailing mailing = MAILINGS.compile(source("S [[${a}]]",
                "<p th:title=\"${a}\" th:text=\"${a}\">x</p><p>[[${a}]] [(${a})]</p><a th:href=\"|https://x/${a}|\">x</a>"
                        + "<b th:with=\"b=${a}\">[[${b}]]</b><i th:if=\"${a}\">[[${a} ?: 'x']]</i>",
                "[[${a}]] [# th:text=\"${a}\"/]"));

        for (String code : codes()) {
            for (String wrap : List.of("%s", "${%s}", "[[${%s}]]", "[(${%s})]", "__${%s}__", "${__${%s}__}",
                    "<p th:text=\"${%s}\">x</p>", "*{%s}", "@{%s}", "~{%s}", "#{%s}",
                    "[# th:text=\"${%s}\"/]", "<!--/*/ <b th:text=\"${%s}\"/> /*/-->", "\"/><b th:utext='${%s}'>", "0",
                    "17")) {
                String value = wrap.replace("%s", code);
                long start = CPU.getCurrentThreadCpuTime();
                Preview preview = mailing.preview(Samples.person("a", value), MARKS);
                assertThat((CPU.getCurrentThreadCpuTime() - start) / 1_000_000).isLessThanOrEqualTo(LONGEST_MILLIS);
                String escaped = Escape.html(value);
                assertThat(preview.subject()).isEqualTo("S " + value);
                assertThat(preview.text()).isEqualTo(value + " " + value);
                assertThat(preview.html()).isEqualTo("<p title=\"" + escaped + "\">" + escaped + "</p><p>" + escaped
                        + " " + escaped + "</p><a href=\"https://x/" + escaped
                        + "\">x</a><b>" + escaped + "</b><i>" + escaped + "</i>");
            }
        }
    }

    @Test
    void endsWhatWouldTakeForever() {
        List<String> bombs = List.of("${" + "(".repeat(3000) + "1" + ")".repeat(3000) + "}",
                "${" + "!".repeat(3900) + "1}", "${" + "-".repeat(3900) + "1}", "${'" + "x".repeat(5000) + "'}",
                "${99999999999999999999999999999999999999999 * 9}", "${1e999999999 + 1}",
                "${" + "1 ? ".repeat(900) + "1}", "${" + "${".repeat(900) + "1", "|" + "${a}".repeat(900) + "|");
        for (String bomb : bombs) {
            harmless(source("[[" + bomb + "]]", null, "[[" + bomb + "]]"));
            harmless(source("s", "<p th:text=\"" + bomb + "\">x</p>", null));
        }
        harmless(source("s", "<p>" + "[[".repeat(100_000) + "</p>", null));
        harmless(source("s", null, "[#".repeat(100_000)));
        harmless(source("s", null, "[[${a}]]\n".repeat(12_000)));
        harmless(source("s", "<style>" + "a{".repeat(50_000) + "</style>", null));
        harmless(source("s", "<style>" + "/*".repeat(100_000) + "</style>", null));
        harmless(source("s", "<style>" + ".a b{}".repeat(50_000) + "</style>" + "<br>".repeat(1000), null));
        harmless(source("s", "<".repeat(200_000), null));
        harmless(source("s", null, "[#" + " th:a='b'".repeat(50_000)));
        harmless(source("s", "<p " + "a".repeat(100_000) + "=1>", null));
        harmless(source("s", "<p>" + "${".repeat(100_000) + "</p>", null));
        harmless(source("s", null, "[# th:a=\"".repeat(30_000)));
    }

    @Test
    void acceptsOnlyCompiledNumbersAtRenderToo() {
        Engine engine = new Engine(Map.of("html", "[# th:text=\"${T(io.caravan.rendering.Marker).touch()}\"]x[/]",
                "text", "[# th:out=\"__${7*7}__\"/]"));
        Frame frame = new Frame(new Sites(), MailLimits.DEFAULT, Samples.ANA, MARKS, null);

        assertThatThrownBy(() -> engine.render(Engine.HTML, frame, new CharSink().empty(1000)))
                .isInstanceOf(RenderingFault.class).hasMessageContaining("not compiled");
        assertThatThrownBy(() -> engine.render(Engine.TEXT, frame, new CharSink().empty(1000)))
                .isInstanceOf(RenderingFault.class).hasMessageContaining("not compiled");
    }
}
