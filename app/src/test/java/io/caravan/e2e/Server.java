package io.caravan.e2e;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import io.caravan.Application;
import io.caravan.TestDatabase;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.cli.Caravan;
import io.caravan.config.Checking;
import io.caravan.config.Starter;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static org.awaitility.Awaitility.await;

/** The whole application in this process, on a data folder of its own; as people use it: drop folder, verbs, HTTP. */
final class Server implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final AtomicInteger SERVERS = new AtomicInteger();

    /** What a verb said. */
    record Said(int exit, String out, String err) {
    }

    final Path data;
    final HttpClient http = HttpClient.newHttpClient();
    private final List<String> options = new ArrayList<>();
    private Consumer<ConfigurableListableBeanFactory> change = _ -> {
    };
    private ConfigurableApplicationContext context;
    private boolean keptToTheEnd;

    private Server(Path data, String... options) {
        this.data = data;
        this.options.add("--caravan.data=" + data);
        this.options.add("--server.port=0");
        this.options.add("--caravan.routes=" + data.resolve("routes"));
        // Quartz finds a scheduler's database by the scheduler's name in a map of the whole JVM: two servers must not share it
        this.options.add(
                "--spring.quartz.properties.org.quartz.scheduler.instanceName=caravan-" + SERVERS.incrementAndGet());
        for (String option : options) {
            this.options.add("--" + option);
        }
    }

    /** With an embedded database of its own. */
    static Server embedded(Path data, String... options) {
        return new Server(data, options);
    }

    /** On a fresh schema of the embedded server that all tests share, by its URL: soon there. */
    static Server on(Path data, String... options) {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        Server server = new Server(data, options);
        server.options.addAll(List.of("--caravan.database.url=" + schema.url(),
                "--caravan.database.username=" + schema.username(),
                "--caravan.database.password=" + schema.password()));
        return server;
    }

    /** The options of a server that sends to relays; the first is the default route. */
    static String[] relays(Object... namesAndPorts) {
        List<String> made = new ArrayList<>(List.of("caravan.mode=production",
                "caravan.public-url=https://mail.shop.example", "caravan.routing.default=relay:" + namesAndPorts[0]));
        for (int i = 0; i < namesAndPorts.length; i += 2) {
            made.add("caravan.relays." + namesAndPorts[i] + ".uri=smtp://127.0.0.1:" + namesAndPorts[i + 1]
                    + "?tls=none");
            made.add("caravan.relays." + namesAndPorts[i] + ".connections=4");
        }
        return made.toArray(String[]::new);
    }

    Server with(String... more) {
        Stream.of(more).map(option -> "--" + option).forEach(options::add);
        return this;
    }

    /** Changes beans before they are made: a clock, say. */
    Server changing(Consumer<ConfigurableListableBeanFactory> beans) {
        change = beans;
        return this;
    }

    /** Stays until it is closed, also when the JVM begins to end: its database must outlive it. */
    Server keptToTheEnd() {
        keptToTheEnd = true;
        return this;
    }

    Server start() {
        SpringApplication spring = new SpringApplication(Application.class);
        spring.setRegisterShutdownHook(!keptToTheEnd);
        spring.addInitializers(made -> made.addBeanFactoryPostProcessor(change::accept));
        context = spring.run(options.toArray(String[]::new));
        return this;
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }

    void restart() {
        close();
        start();
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** The table of the pages' and the API's routes. */
    RequestMappingHandlerMapping routes() {
        return context.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    }

    <T> Collection<T> beans(Class<T> type) {
        return context.getBeansOfType(type).values();
    }

    /** Into the drop folder as programs should: written under another name, then renamed. */
    void drop(String name, String content) {
        try {
            Path drop = data.resolve("drop");
            Path part = Files.writeString(Files.createDirectories(drop).resolve("." + name + ".part"), content);
            Files.move(part, drop.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A campaign for the CSV of its name, to be sent now. */
    void campaign(String name, String csv, String... more) {
        drop(name + ".csv", csv);
        drop(name + ".txt", "Dear [[${first_name} ?: 'friend']], this is " + name + ".\n");
        drop(name + ".campaign.yaml", file(name, more));
    }

    static String file(String name, String... more) {
        String written = String.join("\n", more);
        return "name: " + name + "\n" + (written.contains("from:") ? "" : "from: News <news@shop.example>\n")
                + "subject: Hello from " + name + "\ntext: " + name + ".txt\n"
                + (written.contains("schedule:") ? "" : "schedule: {at: now}\n") + written + "\n";
    }

    /** {@code count} people of a domain. */
    static String people(int count, String domain) {
        StringBuilder csv = new StringBuilder("email,first_name\n");
        for (int i = 1; i <= count; i++) {
            csv.append("p%d@%s,P%d\n".formatted(i, domain, i));
        }
        return csv.toString();
    }

    Run run(String campaign) {
        return runs(campaign).getLast();
    }

    List<Run> runs(String campaign) {
        return bean(Campaigns.class).find(campaign).map(known -> bean(Runs.class).of(known.id())).orElse(List.of())
                .stream().sorted(java.util.Comparator.comparing(Run::number)).toList();
    }

    Run awaitRun(String campaign, RunState state) {
        await(campaign + " is " + state.word()).atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> !runs(campaign).isEmpty() && run(campaign).state() == state);
        return run(campaign);
    }

    /** Until the file was taken or refused; what was noted beside it. */
    String awaitNote(String file) {
        await(file + " is taken").atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> note(file) != null);
        return note(file);
    }

    private String note(String file) {
        try (Stream<Path> all = Files.walk(data.resolve("drop"))) {
            Path found = all.filter(path -> path.getFileName().toString()
                    .matches(java.util.regex.Pattern.quote(file) + "\\.(report|refused)\\.txt|"
                            + java.util.regex.Pattern.quote(file) + "\\.verdict\\.csv"))
                    .findFirst().orElse(null);
            return found == null ? null : Files.readString(found);
        } catch (IOException | UncheckedIOException e) {
            return null; // moved just now
        }
    }

    /** The states that have rows, and how many. */
    Map<RowState, Long> counts(String campaign) {
        Map<RowState, Long> some = new TreeMap<>(bean(RunCounts.class).of(run(campaign).id()));
        some.values().removeIf(n -> n == 0);
        return some;
    }

    List<LedgerRow> ledger(String campaign) {
        List<LedgerRow> rows = new ArrayList<>();
        bean(Ledger.class).rows(run(campaign).id(), null, rows::add);
        return rows;
    }

    CampaignId id(String campaign) {
        return bean(Campaigns.class).find(campaign).orElseThrow().id();
    }

    void act(String campaign, Action action) {
        bean(Campaigns.class).act(id(campaign), action);
    }

    JdbcClient sql() {
        return bean(JdbcClient.class);
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
    }

    /** What opens the pages, and goes as {@code Authorization: Bearer}. */
    String token() {
        try {
            return Files.readString(data.resolve("keys/token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<String> http(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create(base() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The same with another option in place of its own. */
    Said verbWith(String option, String... words) {
        options.removeIf(known -> known.startsWith(option.substring(0, option.indexOf('=') + 1)));
        options.add(option);
        return verb(words);
    }

    /** A verb on this data folder, beside the server if it runs. */
    Said verb(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(options);
        int exit = new Caravan(new Starter(Application.class, Checking::problems), new PrintWriter(out),
                new PrintWriter(err)).run(all.toArray(String[]::new));
        return new Said(exit, out.toString(), err.toString());
    }
}
