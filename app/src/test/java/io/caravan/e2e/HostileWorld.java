package io.caravan.e2e;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.Payload;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

/**
 * A server in which strangers have written whatever they could: by every door that takes it (CSV, uploads, API, replies of a mail server),
 * and then by hand in every column that keeps a text, whatever the doors would have refused.
 */
final class HostileWorld implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Fields that are filled by doors; the columns follow. */
    static final int FIRST_NAME = 900;
    static final int CITY = 901;
    static final int REJECTED = 902;
    static final int REPLY = 903;
    static final int UPLOAD = 904;
    static final int HEADER = 905;
    static final int REFUSED_FILE = 906;
    static final int ROUTE = 907;
    static final int REFLECTED = 908;
    static final int DRAFT = 909;
    static final int SPEC = 910;
    static final int ATTRIBUTE = 911;
    static final int MAIL = 912;
    /** Not all of them: each is a file of its own. */
    private static final int FILES = 12;
    private static final int SPARE = 30;
    private static final int SPARE_FROM = 1_000;

    final List<Payload> payloads;
    final List<ILoggingEvent> log = Collections.synchronizedList(new ArrayList<>());
    final HostileFields fields = new HostileFields();
    final Server server;
    private final ScriptedSink sink;
    final ApiCalls api;

    HostileWorld(Path data, String home) throws IOException {
        payloads = Payload.all(home);
        AtomicInteger asked = new AtomicInteger();
        Act refuses = session -> ScriptedSink.reply("550 5.1.1 " + payload(asked.getAndIncrement()).in(REPLY, 400)
                .replaceAll("[\r\n]+", " ")).at(session);
        sink = new ScriptedSink().quiet().always(ScriptedSink.script().on(Verb.RCPT,
                Collections.nCopies(2 * payloads.size(), refuses).toArray(Act[]::new))).start();
        routes(data);
        server = Server.on(data, "caravan.mode=production", "caravan.public-url=https://mail.shop.example",
                "caravan.routing.default=mailbox", "caravan.relays.evil.uri=smtp://127.0.0.1:" + sink.port()
                        + "?tls=none",
                "caravan.routing.domains.[evil.example]=relay:evil").changing(_ -> listen()).start();
        api = new ApiCalls(server);
    }

    private void listen() {
        AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                log.add(event);
            }
        };
        ear.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(ear);
    }

    Payload payload(int n) {
        return payloads.get(Math.floorMod(n, payloads.size()));
    }

    /** An owner's route with a description; its file is trusted, what it says is shown all the same. */
    private void routes(Path data) throws IOException {
        StringBuilder yaml = new StringBuilder();
        for (Payload payload : payloads) {
            yaml.append("""
                    - route:
                        id: hostile-%d
                        description: %s
                        routeConfigurationId: give-back
                        from:
                          uri: direct:hostile-%d
                          steps:
                            - log:
                                message: x
                    """.formatted(payload.n(), quoted(payload.in(ROUTE)), payload.n()));
        }
        Files.writeString(Files.createDirectories(data.resolve("routes")).resolve("90-hostile.camel.yaml"), yaml);
    }

    /** A double-quoted scalar of YAML, which has JSON's escapes. */
    static String quoted(String text) {
        StringBuilder ascii = new StringBuilder();
        JSON.writeValueAsString(text).chars()
                .forEach(c -> ascii.append(c < 0x7f ? "" + (char) c : "\\u%04x".formatted(c)));
        return ascii.toString();
    }

    private static String cell(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    /** By the doors that people and programs have. */
    HostileWorld fill() throws Exception {
        StringBuilder csv = new StringBuilder("email,first_name,city\n");
        for (Payload payload : payloads) {
            String more = "," + cell(payload.in(FIRST_NAME)) + "," + cell(payload.in(CITY)) + "\n";
            csv.append("p").append(payload.n()).append("@evil.example").append(more);
            csv.append("m").append(payload.n()).append("@example.org").append(more);
            csv.append(cell(payload.in(REJECTED))).append(",x,y\n");
        }
        for (int n = 0; n < SPARE; n++) { // for payloads that the file's reader refuses
            csv.append("m").append(SPARE_FROM + n).append("@example.org,x,y\n");
        }
        server.drop("hostile.csv", csv.toString());
        server.drop("hostile.html", "<p title=\"x\" th:title=\"${first_name}\">[[${first_name}]] [(${city})]</p>"
                + "<a th:href=\"${city}\">a</a>");
        server.drop("hostile.txt", "Dear [[${first_name}]], [(${city})]\n");
        server.drop("hostile.campaign.yaml",
                "name: hostile\nfrom: News <news@shop.example>\nsubject: 'Hi [[${first_name}]]'\n"
                        + "html: hostile.html\ntext: hostile.txt\nschedule: {at: now}\ntags: {season: spring}\nvars: {year: 2026}\n");
        server.awaitRun("hostile", RunState.FINISHED);
        for (Payload payload : payloads) {
            campaign(payload);
            upload(payload);
        }
        api.post("/api/v1/suppressions", JSON.writeValueAsString(
                Map.of("addresses", payloads.stream().map(payload -> "s" + payload.n() + "@evil.example").toList())));
        refusedFiles();
        new HostileRows(this).write();
        return this;
    }

    private void campaign(Payload payload) {
        String name = "h-" + payload.n();
        ApiCalls.Answer kept = api.post("/api/v1/campaigns", JSON.writeValueAsString(Map.of(
                "campaign",
                Map.of("name", name, "from", "News <news@shop.example>", "subject", "plain", "html", "a.html",
                        "audience", Map.of("list", "hostile"), "tags", Map.of("season", "x"), "vars",
                        Map.of("year", "x"),
                        "schedule", Map.of("cron", "0 0 9 ? * MON", "zone", "Europe/Rome")),
                "files", Map.of("a.html", "<p>[[${first_name}]]</p>"))));
        if (kept.status() / 100 != 2) {
            throw new AssertionError(kept.text());
        }
    }

    /** A file whose name and header are the payload; it waits for somebody to name its columns. */
    private void upload(Payload payload) throws Exception {
        String file = kept(UPLOAD, payload);
        String body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + file
                + "\"\r\nContent-Type: text/csv\r\n\r\nemail," + cell(payload.in(HEADER)) + "\nx@example.org,"
                + cell(payload.in(HEADER)) + "\n\r\n--b--\r\n";
        server.http.send(HttpRequest.newBuilder(server.base().resolve("/audience/upload"))
                .header("Authorization", "Bearer " + server.token())
                .header("Content-Type", "multipart/form-data; boundary=b").POST(BodyPublishers.ofString(body)).build(),
                java.net.http.HttpResponse.BodyHandlers.discarding());
    }

    /** Drop folders are for administrators; what is in a file, and how it is called, is not theirs. */
    private void refusedFiles() {
        List<String> files = new ArrayList<>();
        for (int n = 0; files.size() < FILES; n += 9) {
            String file = kept(REFUSED_FILE, payload(n)) + ".csv";
            if (!file.contains("\\")) { // the file component of Camel takes it for a folder's
                server.drop(file, "name," + cell(payload(n).in(HEADER)) + "\nx,y\n");
                files.add(file);
            }
        }
        files.forEach(server::awaitNote);
    }

    /** What a field that a door fills holds. */
    static String kept(int field, Payload payload) {
        return switch (field) {
            case UPLOAD ->
                payload.in(field, 200).replaceAll("[/\\\\\\p{Cc}\u2028\u2029\uFFFE\uFFFF]", "").replace("\"", "%22");
            case REFUSED_FILE -> payload.in(field, 120).replaceAll("[/\\p{Cc}\uFFFE\uFFFF]", "").strip();
            case REPLY -> payload.in(field, 400);
            case FIRST_NAME, CITY, REJECTED, ROUTE -> payload.in(field).strip();
            default -> payload.in(field);
        };
    }

    @Override
    public void close() throws IOException {
        server.close();
        sink.close();
    }
}
