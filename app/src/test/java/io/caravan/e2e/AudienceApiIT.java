package io.caravan.e2e;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Lists, contacts and imports over HTTP. */
class AudienceApiIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CSV = "Kunde;Vorname;Ort;Notiz\n\"ana@example.org\";Ana;Rom;x\nnot-an-address;Bo;;\n"
            + "ANA@example.org;Anna;;\ncy@example.org;=1+1;Zürich;y\n";
    @TempDir
    static Path data;
    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.on(data).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private record Answer(int status, HttpResponse<String> http) {
        JsonNode json() {
            return JSON.readTree(http.body());
        }
    }

    private static Answer ask(String method, String path, String type, byte[] body) {
        try {
            HttpRequest.Builder request = HttpRequest
                    .newBuilder(URI.create("http://127.0.0.1:"
                            + server.bean(Environment.class).getProperty("local.server.port") + "/api/v1" + path))
                    .header("Authorization", "Bearer " + Files.readString(data.resolve("keys/token")).strip())
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
            if (!type.isEmpty()) {
                request.header("Content-Type", type);
            }
            HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Answer get(String path) {
        return ask("GET", path, "", new byte[0]);
    }

    private static Answer json(String method, String path, String body) {
        return ask(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode taken(Answer begun) {
        assertThat(begun.status()).as(begun.http().body()).isEqualTo(202);
        String path = begun.http().headers().firstValue("Location").orElseThrow().replaceFirst(".*/api/v1", "");
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50))
                .until(() -> !List.of("queued", "running").contains(get(path).json().get("state").asString()));
        return get(path).json();
    }

    private static List<String> fields(Answer refused) {
        assertThat(refused.status()).isEqualTo(422);
        return refused.json().get("errors").findValuesAsString("field");
    }

    @Test
    void aBodyIsImportedByColumnsAndItsVerdictsAreThoseOfTheDropFolder() {
        server.drop("dropped.csv", CSV.replace("Kunde", "email"));
        String dropped = server.awaitNote("dropped.csv");

        JsonNode done = taken(
                ask("POST", "/imports?list=posted&columns=email,first_name,city,&file=kunden.csv", "text/csv",
                        CSV.getBytes(StandardCharsets.UTF_8)));

        assertThat(done.get("state").asString()).isEqualTo("finished");
        assertThat(done.get("counts").toString()).isEqualTo("{\"unchanged\":0}".replace("\"unchanged\":0",
                "\"updated\":2,\"duplicate\":1,\"invalid\":1"));
        String verdict = get("/imports/" + done.get("id").asLong() + "/verdict").http().body();
        assertThat(verdict).isEqualTo(dropped.replace("accepted", "updated"));
        assertThat(get("/contacts/cy@example.org").json().get("attributes").toString())
                .contains("\"city\":\"Zürich\"").contains("\"first_name\":\"=1+1\"").contains("\"ort\"");
        assertThat(get("/lists/posted").json().get("members").asLong()).isEqualTo(2)
                .isEqualTo(server.sql().sql("select count(*) from list_member m join list l on l.id = m.list_id"
                        + " where l.name = 'posted'").query(Long.class).single());
        assertThat(get("/imports/" + done.get("id").asLong() + "/rows?verdict=invalid").json().get("items").toString())
                .isEqualTo(
                        "[{\"row\":3,\"line\":3,\"address\":\"not-an-address\",\"verdict\":\"invalid\",\"reason\":\"no @ in 'not-an-address'\"}]");
    }

    @Test
    void aFormWithAPackedFileIsImportedAndLeavesNothingInTheDataFolder() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("email,name\ngz1@example.org,G\ngz2@example.org,H\n".getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.write(
                ("--b\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\npacked\r\n--b\r\nContent-Disposition: form-data;"
                        + " name=\"file\"; filename=\"../../../etc/gz.csv.gz\"\r\nContent-Type: application/gzip\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        form.write(packed.toByteArray());
        form.write("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));

        JsonNode done = taken(ask("POST", "/imports", "multipart/form-data; boundary=b", form.toByteArray()));

        assertThat(done.get("counts").toString()).isEqualTo("{\"accepted\":2}");
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            try (Stream<Path> left = Files.list(data.resolve("uploads"))) {
                return left.findAny().isEmpty();
            }
        });
    }

    @Test
    void whatCannotBeTakenIsRefusedWithEveryReason() {
        Answer wrong = ask("POST", "/imports?list=%20&mode=merge&header=false", "text/csv",
                "a".getBytes(StandardCharsets.UTF_8));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().get("errors").toString()).contains("\"mode\"").contains("\"list\"")
                .contains("\"columns\"");

        Answer twins = ask("POST", "/imports?list=x&columns=email,vars,vars", "text/csv",
                "a,b,c\n".getBytes(StandardCharsets.UTF_8));
        assertThat(twins.status()).isEqualTo(422);
        assertThat(twins.json().get("errors").size()).isGreaterThan(1);
        assertThat(fields(twins)).containsOnly("columns");
        assertThat(fields(json("POST", "/lists", "{\"name\": \"../x\"}"))).containsExactly("name");
        assertThat(fields(json("PUT", "/contacts/nobody",
                "{\"attributes\": {\"a\": \"\\u0001\", \"vars\": \"x\"}, \"lists\": [\"fine\", \"../x\"]}")))
                .containsExactlyInAnyOrder("address", "attributes", "attributes.a", "lists[1]");
        assertThat(fields(json("POST", "/suppressions", "{\"address\": \"nobody\"}"))).containsExactly("addresses[0]");
        assertThat(fields(ask("POST", "/suppressions/import?scope=x", "text/csv", new byte[0])))
                .containsExactly("scope");
        assertThat(fields(ask("POST", "/imports?list=x", "text/csv", new byte[0]))).containsExactly("file");

        assertThat(fields(ask("POST", "/imports?list=..%2fx&columns=email,vars", "text/csv", new byte[0])))
                .as("of the file, of its columns and of the list").containsExactly("columns", "list", "file");
        assertThat(fields(ask("POST", "/imports?list=x&columns=email,vars&file=wide.csv", "text/csv",
                ("a,".repeat(1_001) + "\n").getBytes(StandardCharsets.UTF_8)))).containsExactly("columns", "file");
        Answer nothing = ask("POST", "/imports?list=%20&mode=merge&header=false", "text/csv", new byte[0]);
        assertThat(nothing.status()).isEqualTo(400);
        assertThat(nothing.json().get("errors").findValuesAsString("field"))
                .containsExactly("mode", "list", "columns", "file");
        assertThat(uploads()).as("nothing that was refused is kept").isZero();

        JsonNode refused = taken(ask("POST", "/imports?list=x&file=streets.csv", "text/csv",
                "street,town\na,b\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(refused.get("state").asString()).isEqualTo("refused");
        assertThat(refused.get("reason").asString()).startsWith("streets.csv has no column of addresses");

        assertThat(json("POST", "/imports/" + refused.get("id").asLong() + "/cancel", "").status()).isEqualTo(409);
        assertThat(get("/imports/999999").status()).isEqualTo(404);
    }

    private static long uploads() {
        return server.sql().sql("select count(*) from upload").query(Long.class).single();
    }

    @Test
    void whatADatabaseFaultStopsLeavesNoFileAndItsRepetitionIsImported() {
        byte[] csv = "email,town\nback@fault.example,Graz\n".getBytes(StandardCharsets.UTF_8);
        long imports = server.sql().sql("select count(*) from import").query(Long.class).single();
        for (String missing : List.of("import", "column_mapping")) {
            server.sql().sql("rename table " + missing + " to elsewhere").update();
            Answer failed;
            try {
                failed = ask("POST", "/imports?list=fault&columns=email,city", "text/csv", csv);
            } finally {
                server.sql().sql("rename table elsewhere to " + missing).update();
            }
            assertThat(failed.status()).as(missing).isGreaterThanOrEqualTo(500);
            assertThat(uploads()).as("without " + missing).isZero();
        }
        assertThat(server.sql().sql("select count(*) from import").query(Long.class).single()).isEqualTo(imports);

        assertThat(
                taken(ask("POST", "/imports?list=fault&columns=email,city", "text/csv", csv)).get("state").asString())
                .isEqualTo("finished");
    }

    @Test
    void aListIsMadeFilledAndEmptiedByHandAndItsCountIsKept() {
        assertThat(json("POST", "/lists", "{\"name\": \"by hand\"}").status()).isEqualTo(201);
        assertThat(json("POST", "/lists", "{\"name\": \"by hand\"}").status()).isEqualTo(200);
        assertThat(json("POST", "/lists", "{\"name\": \"../x\"}").status()).isEqualTo(422);
        for (int i = 0; i < 5; i++) {
            assertThat(json("POST", "/lists/by%20hand/members",
                    "{\"address\": \"h" + i + "@example.org\", \"attributes\": {\"First Name\": \"H\"}}").status())
                    .isEqualTo(201);
        }
        assertThat(json("POST", "/lists/by%20hand/members", "{\"address\": \"H1@Example.org\"}").status())
                .isEqualTo(200);
        assertThat(json("POST", "/lists/by%20hand/members", "{\"address\": \"nobody\"}").status()).isEqualTo(422);

        List<String> seen = new ArrayList<>();
        String next = "/lists/by%20hand/members?limit=2";
        while (next != null) {
            JsonNode slice = get(next).json();
            slice.get("items").forEach(member -> seen.add(member.get("address").asString()));
            next = slice.get("next").isNull()
                    ? null
                    : "/lists/by%20hand/members?limit=2&cursor=" + slice.get("next").asString();
        }
        assertThat(seen).containsExactly("h0@example.org", "h1@example.org", "h2@example.org", "h3@example.org",
                "h4@example.org");
        assertThat(get("/lists/by%20hand/members?address=h3").json().get("items").size()).isEqualTo(1);

        assertThat(ask("DELETE", "/lists/by%20hand/members?address=h0@example.org", "", new byte[0]).status())
                .isEqualTo(204);
        assertThat(ask("DELETE", "/lists/by%20hand/members?address=h0@example.org", "", new byte[0]).status())
                .isEqualTo(404);
        assertThat(get("/lists/by%20hand").json().get("members").asLong()).isEqualTo(4);
    }

    @Test
    void aContactIsPutWithAttributesAndLists() {
        Answer put = json("PUT", "/contacts/dee@example.org",
                "{\"attributes\": {\"first_name\": \"Dee\", \"city\": \"\"}, \"lists\": [\"a\", \"b\"]}");
        assertThat(put.status()).as(put.http().body()).isEqualTo(200);
        assertThat(put.json().get("attributes").toString()).isEqualTo("{\"first_name\":\"Dee\"}");
        json("PUT", "/contacts/dee@example.org", "{\"attributes\": {\"first_name\": \"Di\"}}");
        JsonNode now = json("PUT", "/contacts/dee@example.org", "{\"lists\": [\"b\", \"c\"]}").json();

        assertThat(now.get("version").asInt()).isEqualTo(2);
        assertThat(now.get("attributes").toString()).isEqualTo("{\"first_name\":\"Di\"}");
        assertThat(now.get("lists").toString()).isEqualTo("[\"b\",\"c\"]");
        assertThat(get("/contacts?list=c").json().get("items").size()).isEqualTo(1);
        assertThat(get("/contacts?address=dee@").json().get("items").get(0).get("id")).isEqualTo(now.get("id"));
        assertThat(json("PUT", "/contacts/dee@example.org", "{\"attributes\": {\"vars\": \"x\"}}").status())
                .isEqualTo(422);
    }

    @Test
    void anImportThatACrashStoppedGoesOnAtTheNextStart() throws Exception {
        StringBuilder csv = new StringBuilder("email,name\n");
        for (int i = 0; i < 30_000; i++) {
            csv.append("crash%d@example.org,C%d\n".formatted(i, i));
        }
        Answer begun = ask("POST", "/imports?list=crash", "text/csv", csv.toString().getBytes(StandardCharsets.UTF_8));
        long id = begun.json().get("id").asLong();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(10))
                .until(() -> get("/imports/" + id).json().get("taken").asLong() > 0);
        server.restart();

        JsonNode done = taken(begun);
        assertThat(done.get("counts").toString()).isEqualTo("{\"accepted\":30000}");
        assertThat(get("/lists/crash").json().get("members").asLong()).isEqualTo(30_000);
    }

    @Test
    void anImportThatIsCancelledKeepsWhatIsIn() {
        StringBuilder csv = new StringBuilder("email\n");
        for (int i = 0; i < 100_000; i++) {
            csv.append("gone%d@example.org\n".formatted(i));
        }
        Answer begun = ask("POST", "/imports?list=cancelled&mode=replace", "text/csv",
                csv.toString().getBytes(StandardCharsets.UTF_8));
        long id = begun.json().get("id").asLong();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(10))
                .until(() -> get("/imports/" + id).json().get("taken").asLong() > 0);
        assertThat(json("POST", "/imports/" + id + "/cancel", "").json().get("state").asString())
                .isEqualTo("cancelled");

        await().atMost(Duration.ofSeconds(20))
                .until(() -> server.sql().sql("select count(*) from upload where import_id = ?")
                        .param(id).query(Long.class).single() == 0);
        JsonNode over = get("/imports/" + id).json();
        long rows = server.sql().sql("select count(*) from import_person where import_id = ?").param(id)
                .query(Long.class)
                .single();
        assertThat(over.get("taken").asLong()).isEqualTo(rows).isBetween(1L, 99_999L);
        assertThat(get("/lists/cancelled").json().get("members").asLong()).isEqualTo(rows);
    }

    @Test
    void anImportOfADroppedFileIsCancelledTooAndTheSameFileMayComeAgain() {
        int people = 40_000;
        String csv = "email\n" + IntStream.range(0, people).mapToObj("dropped%d@example.org\n"::formatted)
                .collect(Collectors.joining());
        server.drop("halted.csv", csv);
        long id = await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(10)).until(() -> {
            JsonNode newest = get("/imports?limit=1").json().at("/items/0");
            return newest.at("/file").asString("").equals("halted.csv") && newest.at("/taken").asLong() > 0
                    ? newest.at("/id").asLong()
                    : 0L;
        }, found -> found > 0);

        assertThat(json("POST", "/imports/" + id + "/cancel", "").json().get("state").asString())
                .isEqualTo("cancelled");

        String note = server.awaitNote("halted.csv");
        long taken = get("/imports/" + id).json().get("taken").asLong();
        assertThat(taken).isBetween(1L, people - 1L);
        assertThat(note).contains("import " + id + " into the list halted was cancelled by a person",
                taken + " accepted", "drop it again");
        assertThat(get("/lists/halted").json().get("members").asLong()).isEqualTo(taken);

        server.drop("halted.csv", csv);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/lists/halted").json().get("members").asLong() == people);
        assertThat(get("/imports/" + id).json().get("state").asString()).isEqualTo("cancelled");
    }
}
