package io.caravan.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import com.sun.net.httpserver.HttpServer;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import org.assertj.core.api.SoftAssertions;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.slf4j.LoggerFactory;

import io.caravan.Payload;
import io.caravan.e2e.HostileFields.Field;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** S9: whatever a stranger wrote, and wherever, is shown as the text that it is, and is no more than that. */
class HostileIT {

    private static final int AT_A_TIME = 4;

    @TempDir
    private static Path data;
    private static HostileWorld world;
    private static HostilePaths paths;
    private static HostileJudge judge;
    /** By address: what is wrong there. */
    private static final Map<String, List<String>> FAULTS = new ConcurrentHashMap<>();

    private static HttpServer canary;
    private static final AtomicInteger canaryAsked = new AtomicInteger();

    @BeforeAll
    static void write() throws Exception {
        world = new HostileWorld(data, canary()).fill();
        paths = new HostilePaths(world);
        judge = new HostileJudge(world.fields, world.payloads);
        walk();
    }

    /** What a payload would call. */
    private static String canary() throws IOException {
        canary = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        canary.createContext("/", exchange -> {
            canaryAsked.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        canary.start();
        return "http://127.0.0.1:" + canary.getAddress().getPort() + "/";
    }

    @AfterAll
    static void close() throws IOException {
        canary.stop(0);
        if (world != null) {
            world.close();
        }
    }

    /** All addresses, and from each list on to its next pages. */
    private static void walk() throws InterruptedException {
        Queue<String> open = new ConcurrentLinkedQueue<>(paths.all());
        Set<String> known = ConcurrentHashMap.newKeySet();
        known.addAll(open);
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            readers.add(Thread.ofVirtual().start(() -> {
                for (String path = open.poll(); path != null; path = open.poll()) {
                    for (String next : read(path)) {
                        if (known.add(next)) {
                            open.add(next);
                        }
                    }
                }
            }));
        }
        for (Thread reader : readers) {
            reader.join();
        }
    }

    /** Says where it goes on. */
    private static Set<String> read(String path) {
        if (path.startsWith("/live")) {
            return Set.of();
        }
        Set<String> next = new LinkedHashSet<>();
        List<String> faults = new ArrayList<>();
        try {
            HttpResponse<byte[]> answer = get(path);
            String type = answer.headers().firstValue("Content-Type").orElse("none");
            String text = new String(answer.body(), StandardCharsets.UTF_8);
            if (answer.statusCode() >= 500) {
                faults.add("status " + answer.statusCode());
            }
            if (!answer.headers().firstValue("X-Content-Type-Options").equals(java.util.Optional.of("nosniff"))) {
                faults.add("without nosniff");
            }
            if (isFrame(path)) {
                faults.addAll(frame(answer));
            } else if (type.startsWith("text/html")) {
                faults.addAll(judge.page(text));
                Jsoup.parse(text).select("a[href*=?]").forEach(link -> follow(path, link.attr("href"), next));
            } else if (type.contains("json")) {
                faults.addAll(judge.json(answer.body()));
                answer.headers().firstValue("Link")
                        .ifPresent(link -> next.add(link.replaceAll("^<https?://[^/]+(/[^>]*)>.*", "$1")));
            } else if (answer.statusCode() == 200) {
                faults.addAll(download(answer, type));
            }
        } catch (RuntimeException | IOException | InterruptedException e) {
            faults.add(e.toString());
        }
        if (!faults.isEmpty()) {
            FAULTS.put(path, faults);
        }
        return next;
    }

    private static HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return world.server.http.send(HttpRequest.newBuilder(URI.create(world.server.base() + path))
                .header("Authorization", "Bearer " + world.server.token())
                .header("Accept", path.startsWith("/api/") ? "*/*" : "text/html,*/*").build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** The same page further on, not the same with another view or search. */
    private static void follow(String path, String href, Set<String> next) {
        String here = path.replaceAll("\\?.*", "");
        String query = href.replaceFirst("^[^?]*\\?", "").replaceAll("#.*", "");
        if (href.startsWith(here + "?") && !path.contains("q=")
                && query.matches("(.*&)?(after|before|runs|versions|lanes|id)=.*")) {
            next.add(here + "?" + query);
        }
    }

    /** A stranger's HTML, as it is: nothing but the policy and the sandbox holds it. */
    private static boolean isFrame(String path) {
        return path.matches("/(mailbox|campaigns|runs)/.*/html(\\?.*)?|/p/.*/view");
    }

    private static List<String> frame(HttpResponse<byte[]> answer) {
        String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
        boolean holds = policy.contains("default-src 'none'")
                && policy.matches(".*; ?sandbox( allow-popups allow-popups-to-escape-sandbox)?;.*")
                && !policy.contains("script-src") && policy.contains("form-action 'none'")
                && policy.contains("base-uri 'none'");
        return holds || answer.statusCode() != 200 ? List.of() : List.of("a mail's HTML without its policy: " + policy);
    }

    private static List<String> download(HttpResponse<byte[]> answer, String type) {
        List<String> faults = new ArrayList<>();
        String disposition = answer.headers().firstValue("Content-Disposition").orElse("");
        if (!disposition.startsWith("attachment")
                && !type.matches("(message/rfc822|text/csv|application/vnd.oai.openapi).*")) {
            faults.add("a download that is shown: " + type + ", " + disposition);
        }
        if (!disposition.matches("[\\x20-\\x7e]*")) {
            faults.add("a file name with what no header holds: " + disposition);
        }
        return faults;
    }

    @Test
    void isTextOnEveryPageAndInEveryAnswer() {
        assertThat(FAULTS).isEmpty();
    }

    @Test
    void everyRouteThatReadsIsLookedAt() {
        assertThat(paths.without())
                .as("these routes have no address in HostilePaths: add one that shows what a stranger wrote")
                .isEmpty();
    }

    @Test
    void everyColumnThatKeepsATextIsFilled() {
        assertThat(world.fields.unknown(world.server.sql()))
                .as("these columns are new: let HostileFields fill them, or say there that nobody can write into them")
                .isEmpty();
    }

    @Test
    void everyPayloadIsSeenInEveryFieldThatIsShown() {
        SoftAssertions all = new SoftAssertions();
        for (Field field : world.fields.all) {
            all.assertThat(seen(field.number())).as(field.table() + "." + field.column())
                    .isEqualTo(field.shown() ? world.payloads.size() : 0);
        }
        for (int field : List.of(HostileWorld.FIRST_NAME, HostileWorld.CITY, HostileWorld.REJECTED, HostileWorld.REPLY,
                HostileWorld.HEADER,
                HostileWorld.ROUTE, HostileWorld.DRAFT, HostileWorld.SPEC, HostileWorld.ATTRIBUTE, HostileWorld.MAIL)) {
            // a file's reader, or a mail's, has taken some of them out
            all.assertThat(seen(field)).as("field " + field).isGreaterThanOrEqualTo(world.payloads.size() - 9);
        }
        all.assertThat(seen(HostileWorld.REFUSED_FILE)).isGreaterThan(9);
        all.assertThat(seen(HostileWorld.REFLECTED)).isGreaterThan(30);
        all.assertAll();
    }

    private static int seen(int field) {
        return (int) world.payloads.stream().filter(payload -> judge.seen.contains(field + ":" + payload.n())).count();
    }

    @Test
    void aDownloadForSpreadsheetsHoldsNoFormulaAndAnExactOneEveryByte() throws Exception {
        int guarded = 0;
        for (CsvRecord row : rows("/runs/1/spreadsheet.csv")) {
            for (String cell : row.getFields()) {
                assertThat(cell).doesNotMatch("(?s)[=+\\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20].*");
                guarded += cell.startsWith("'=") ? 1 : 0;
            }
            assertThat(row.getFieldCount()).isEqualTo(11);
        }
        assertThat(guarded).isPositive();
        Set<String> exact = new LinkedHashSet<>();
        for (CsvRecord row : rows("/api/v1/imports/1/verdict")) {
            assertThat(row.getFieldCount()).isEqualTo(5);
            exact.addAll(row.getFields());
        }
        Field written = world.fields.of("import_row", "written");
        assertThat(exact).containsAll(world.payloads.stream().map(written::kept).toList());
    }

    private static List<CsvRecord> rows(String path) throws Exception {
        String text = new String(get(path).body(), StandardCharsets.UTF_8).replaceFirst("^\uFEFF", "");
        try (CsvReader<CsvRecord> csv = CsvReader.builder().ofCsvRecord(text)) {
            return csv.stream().toList();
        }
    }

    /** A page is told what moved by a name that it asked with: nothing of it may be a line of its own. */
    @Test
    void theStreamOfEventsSaysNamesOnly() throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        HttpResponse<InputStream> live = world.server.http.send(HttpRequest
                .newBuilder(URI.create(world.server.base() + "/live?topic=runs&topic=run:1&topic=mailbox"))
                .header("Authorization", "Bearer " + world.server.token()).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        Thread.ofVirtual().start(() -> {
            try {
                new BufferedReader(new InputStreamReader(live.body(), StandardCharsets.UTF_8)).lines()
                        .forEach(lines::add);
            } catch (UncheckedIOException closed) {
                // as it should be: the test has heard enough
            }
        });
        await().atMost(30, SECONDS).untilAsserted(
                () -> assertThat(List.copyOf(lines)).contains("data:runs", "data:run:1", "data:mailbox"));
        live.body().close();
        assertThat(lines).allMatch(line -> line.matches("event:changed|data:(runs|run:1|mailbox)|:|"));
        for (String topic : List.of("run:1%0Aevent:%20x", "run:1%0Ddata:%20x", "run%0A:1", "run:%3Cscript%3E")) {
            assertThat(get("/live?topic=" + topic).statusCode()).as(topic).isEqualTo(404);
        }
    }

    /** As it is written to the console: a line for each event, what is below it indented. */
    @Test
    void theLogHasALineForEachEventAndNobodysAddress() {
        ConsoleAppender<?> console = (ConsoleAppender<?>) ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
                .getAppender("console");
        @SuppressWarnings("unchecked")
        Encoder<ILoggingEvent> encoder = (Encoder<ILoggingEvent>) console.getEncoder();
        assertThat(world.log).anyMatch(event -> Payload.MARK.matcher(event.getFormattedMessage()).find());
        for (ILoggingEvent event : List.copyOf(world.log)) {
            String[] lines = new String(encoder.encode(event), StandardCharsets.UTF_8).split("\n", -1);
            assertThat(lines[0]).matches(
                    "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z [A-Z]+ +\\S+ [^\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]*");
            assertThat(List.of(lines).subList(1, lines.length))
                    .allMatch(line -> line.isEmpty() || line.matches("\t[^\\p{Cc}]*"));
            assertThat(lines[0]).doesNotContain("@evil.example", "@example.org");
        }
    }

    /** In a real browser: nothing runs, nothing asks, nothing leads away. */
    @Test
    void nothingRunsInABrowser() throws Exception {
        Pages pages = Pages.of(world.server);
        pages.requests();
        for (String path : opened()) {
            pages.open(path);
            assertThat(ExpectedConditions.alertIsPresent().apply(pages.driver)).as(path).isNull();
            assertThat(pages.script("return window.__owned === undefined && top.__owned === undefined")).as(path)
                    .isEqualTo(true);
            assertThat(pages.path()).isEqualTo(path);
        }
        assertThat(pages.requests()).isNotEmpty().allMatch(url -> url.startsWith(world.server.base() + "/"));
        assertThat(canaryAsked).hasValue(0);
    }

    /** Each list, and of what is opened for one thing a few, with the frames in which mails stand. */
    private static List<String> opened() {
        List<String> some = new ArrayList<>(
                List.of("/", "/mailbox", "/audience", "/audience/contacts", "/audience/imports",
                        "/audience/imports/1?verdict=all", "/campaigns", "/campaigns/new", "/runs/1", "/runs/1/people",
                        "/schedule", "/routes",
                        "/suppressions", "/suppressions?shown=removed", "/nodes"));
        for (int n = 0; n < world.payloads.size(); n += 27) {
            String reflected = HostilePaths.reflected(world.payload(n));
            some.addAll(List.of("/mailbox/" + (n + 1), "/mailbox/" + (n + 2) + "/html",
                    "/mailbox/" + (n + 3) + "?view=headers",
                    "/runs/1/people/" + (n + 1), "/campaigns/hostile/preview?as=p" + n + "@evil.example",
                    "/campaigns/e-" + n + "/edit/content",
                    "/campaigns/h-" + n, "/audience/contacts?q=" + reflected, "/audience/upload/" + (n + 1)));
        }
        return some;
    }
}
