package io.caravan.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

import io.caravan.config.Settings;
import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;

class CommandLineTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Recorded launcher = new Recorded();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"serve", "once", "check", "campaign", "ledger", "doubt", "why", "suppressions", "mailbox",
            "health", "init", "verify"})
    void everyVerbHasHelp(String verb) {
        int exit = run(verb, "--help");

        assertThat(exit).isZero();
        assertThat(out.toString()).contains("Usage: caravan " + verb);
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("\n  " + verb);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "once", "check", "campaign", "ledger", "doubt", "why", "suppressions", "mailbox",
            "health", "init", "verify"})
    void anUnknownOptionOfAnyVerbIsExitTwoWithAHint(String verb) {
        int exit = run(verb, "x", "--nonsense");

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("--nonsense").contains("Try 'caravan " + verb + " --help'");
        assertThat(launcher.started).isEmpty();
    }

    @Test
    void aMisspeltVerbAndOptionAreGuessed() {
        assertThat(run("srve")).isEqualTo(2);
        assertThat(err.toString()).contains("caravan serve");

        assertThat(run("ledger", "spring", "--stat", "bounced")).isEqualTo(2);
        assertThat(err.toString()).contains("--stat");
    }

    /** The plugin passes over a misspelt element in silence; this property is the one that it reads. */
    @Test
    void readmesFirstCommandSendsTheExample() throws IOException {
        assertThat(Path.of("pom.xml")).content()
                .contains("<spring-boot.run.arguments>serve --example</spring-boot.run.arguments>");
    }

    @Test
    void tellsVersionCommitAndJava() {
        int exit = run("--version");

        assertThat(exit).isZero();
        assertThat(out.toString()).containsPattern("^Caravan \\d.* \\(commit (\\w{12}|unknown), ")
                .contains("Java " + Runtime.version().feature());
    }

    @Test
    void handsSpringsPropertiesToSpringWhereverTheyStand() {
        int exit = run("--caravan.data=/tmp/x", "check", "--server.port=0", "a.yaml", "--routes.office=9");

        assertThat(exit).isZero();
        assertThat(launcher.started)
                .containsExactly("check [a.yaml] [--caravan.data=/tmp/x, --server.port=0, --routes.office=9]");
    }

    @Test
    void aPropertyWithoutValueIsExitTwo() {
        int exit = run("check", "--caravan.data", "/tmp/x");

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("--caravan.data=VALUE");
    }

    @Test
    void noVerbIsServe() {
        run("--caravan.data=/tmp/x");
        run();

        assertThat(launcher.started).containsExactly("application true [--caravan.data=/tmp/x]", "application true []");
    }

    @Test
    void onceStartsTheApplicationWithoutPages() {
        run("once", "--wait", "30s");
        run("once", "--dry-run");

        assertThat(launcher.started).containsExactly("application false []", "ledgers []");
        assertThat(run("once", "--wait", "soon")).isEqualTo(2);
        assertThat(err.toString()).contains("'soon' is no time");
    }

    @Test
    void aFailureIsOneSentenceWithoutATrace() {
        int exit = run("serve");

        assertThat(exit).isEqualTo(9);
        assertThat(err.toString()).isEqualTo("caravan: it cannot be started here\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void debugShowsTheTrace() {
        run("serve", "--debug");

        assertThat(err.toString()).startsWith("caravan: it cannot be started here\n").contains("\tat io.caravan.cli.");
    }

    @Test
    void checkPrintsEveryProblemAndSaysSo() {
        launcher.problems.addAll(List.of("a.yaml:3: no step 'bena:'; write bean:", "b.csv:1: empty; add rows"));

        int exit = run("check");

        assertThat(exit).isEqualTo(1);
        assertThat(out.toString()).isEqualTo("a.yaml:3: no step 'bena:'; write bean:\nb.csv:1: empty; add rows\n");
    }

    @Test
    void initWritesThreeFilesAndNeverOverwrites() throws IOException {
        int exit = run("init", "spring-2026", "--into", folder.toString());

        assertThat(exit).isZero();
        assertThat(folder.resolve("spring-2026.campaign.yaml")).content().contains("name: spring-2026")
                .contains("csv: spring-2026.csv");
        assertThat(folder.resolve("spring-2026.csv")).content().startsWith("email,first_name\n");
        assertThat(folder.resolve("spring-2026.html")).content().contains("${links.unsubscribe}");
        Files.writeString(folder.resolve("spring-2026.csv"), "mine");
        assertThat(run("init", "spring-2026", "--into", folder.toString())).isEqualTo(2);
        assertThat(folder.resolve("spring-2026.csv")).hasContent("mine");
        assertThat(run("init", "../up")).isEqualTo(2);
    }

    @Test
    void healthAsksTheServerOfTheDataFolder() throws IOException {
        int[] status = {200};
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1);
        server.createContext("/actuator/health/readiness", exchange -> {
            byte[] body = "{\"status\":\"UP\"}".getBytes();
            exchange.sendResponseHeaders(status[0], body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Files.createDirectories(folder.resolve("keys"));
        Files.writeString(folder.resolve("keys/server"), "http://127.0.0.1:" + server.getAddress().getPort() + "\n");

        assertThat(run("health", "--caravan.data=" + folder)).isZero();
        assertThat(out.toString()).contains("UP");
        status[0] = 503;
        assertThat(run("health", "--caravan.data=" + folder)).isEqualTo(1);
        server.stop(0);
        assertThat(run("health", "--caravan.data=" + folder)).isEqualTo(1);
        assertThat(err.toString()).contains("no server answers");
        assertThat(launcher.started).isEmpty();
    }

    private int run(String... arguments) {
        return new Caravan(launcher, new PrintWriter(out), new PrintWriter(err)).run(arguments);
    }

    /** Starts nothing: the contexts have tests of their own. */
    private static final class Recorded implements Launcher {

        private final List<String> started = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();

        @Override
        public ConfigurableApplicationContext application(List<String> properties, boolean web) {
            started.add("application " + web + " " + properties);
            throw new InvalidInput("it cannot be started here");
        }

        @Override
        public ConfigurableApplicationContext ledgers(List<String> properties) {
            started.add("ledgers " + properties);
            throw new InvalidInput("it cannot be started here");
        }

        @Override
        public ConfigurableEnvironment environment(List<String> properties) {
            return Settings.environment(properties);
        }

        @Override
        public List<String> check(List<Path> paths, List<String> properties,
                java.util.function.Consumer<String> notes) {
            started.add("check " + paths + " " + properties);
            return problems;
        }

        @Override
        public Failure explain(Throwable failure) {
            return new Failure(String.valueOf(failure.getMessage()), 9);
        }
    }
}
