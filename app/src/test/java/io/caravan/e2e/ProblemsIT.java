package io.caravan.e2e;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.caravan.api.Probe;

import static org.assertj.core.api.Assertions.assertThat;

/** Below /api every refusal is problem+json, with all that is wrong and nothing of our insides. */
class ProblemsIT {

    @TempDir
    private static Path data;
    private static Server server;
    private static Programs program;

    @BeforeAll
    static void start() {
        server = Server.on(data, "caravan.intake.unpacked=1MB").start();
        program = Programs.of(server);
        Probe.join(server.routes());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void nobodyGetsAPageBelowApiWhateverTheyAccept() throws Exception {
        for (String path : List.of("/api/v1/probe", "/api/v1/nothing", "/api/nothing", "/v3/api-docs")) {
            HttpResponse<String> refused = program.http().send(java.net.http.HttpRequest
                    .newBuilder(program.base().resolve(path)).header("Accept", "text/html").build(),
                    HttpResponse.BodyHandlers.ofString());

            assertProblem(refused, 401, "unauthorized");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).as(path).contains("Bearer realm=\"caravan\"");
        }
        assertProblem(program.send(program.request("/api/v1/nothing").header("Accept", "text/html")), 404, "not_found");
        assertThat(server.http("GET", "/mailbox", "").headers().firstValue("Content-Type").orElse(""))
                .doesNotContain("problem");
    }

    @Test
    void methodsAndTypesThatAreNotThereAreNamed() throws Exception {
        HttpResponse<String> method = program.send(program.request("/api/v1/probe").DELETE());
        assertProblem(method, 405, "method_not_allowed");
        assertThat(method.headers().firstValue("Allow").orElse("")).contains("GET").contains("POST");
        assertProblem(program.send(program.request("/api/v1/probe").header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("x"))), 415, "unsupported_media_type");
        assertProblem(program.send(program.request("/api/v1/probe/file").header("Accept", "image/png")
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"))), 406,
                "not_acceptable");
    }

    @Test
    void unreadableJsonIsRefusedWithLineAndColumn() throws Exception {
        HttpResponse<String> cut = program
                .send(program.post("/api/v1/probe", "{\"given_name\": \"Ana\",\n \"count\" 1}"));
        assertProblem(cut, 400, "unreadable");
        assertThat(cut.body()).contains("line 2, column ").doesNotContain("com.").doesNotContain("tools.jackson");
        assertProblem(program.send(program.post("/api/v1/probe", "")), 400, "required");
        assertProblem(program.send(program.post("/api/v1/probe", "[1]")), 400, "wrong_type");
        assertProblem(
                program.send(program.post("/api/v1/probe", "{\"count\": 1, \"count\": 2, \"given_name\": \"A\"}")),
                400, "unreadable");
    }

    @Test
    void everyUnknownKeyAndWrongValueIsNamedAtOnce() throws Exception {
        HttpResponse<String> wrong = program.send(program.post("/api/v1/probe", """
                {"given_nam": "Ana",
                 "count": "many",
                 "part": {"color": {"deep": [1]}},
                 "more": [{"colour": "red", "loud": "maybe"}, 7]}"""));

        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(StreamSupport.stream(Programs.json(wrong).get("errors").spliterator(), false)
                .map(each -> each.get("field").asString() + " " + each.get("code").asString()))
                .containsExactly("given_nam unknown_key", "count wrong_type", "part.color unknown_key",
                        "more[0].loud wrong_type", "more[1] wrong_type");
        JsonNode errors = Programs.json(wrong).get("errors");
        assertThat(errors.get(0).get("message").asString())
                .isEqualTo("there is no key given_nam; the nearest is given_name (line 1, column 2)");
        assertThat(errors.get(1).get("message").asString()).startsWith("count is 'many'; it must be a number (line 2");
        assertThat(errors.get(2).get("message").asString()).contains("the nearest is part.colour");
        assertThat(errors.get(3).get("message").asString()).contains("true or false");
        HttpResponse<String> missing = program.send(program.post("/api/v1/probe", "{\"given_nam\": \"Ana\"}"));
        assertThat(missing.body()).contains("count is missing");
    }

    @Test
    void rulesAndParametersThatAreBrokenAreNamedByTheirJsonNames() throws Exception {
        HttpResponse<String> rules = program
                .send(program.post("/api/v1/probe", "{\"given_name\": \" \", \"count\": -1}"));
        assertThat(rules.statusCode()).isEqualTo(422);
        assertThat(Programs.json(rules).get("errors")).hasSize(2);
        assertThat(rules.body()).contains("\"field\":\"given_name\"").contains("\"code\":\"not_blank\"")
                .contains("\"field\":\"count\"").contains("\"code\":\"positive\"");
        HttpResponse<String> type = program.get("/api/v1/probe?number=x");
        assertProblem(type, 400, "wrong_type");
        assertThat(type.body()).contains("number is 'x'; it must be a number");
        assertProblem(program.get("/api/v1/probe"), 400, "required");
        HttpResponse<String> most = program.get("/api/v1/probe?number=1&most=6");
        assertProblem(most, 422, "max");
        assertThat(most.body()).contains("\"field\":\"most\"");
    }

    @Test
    void anUploadThatIsTooLargeIsSaidToBe() throws Exception {
        String boundary = "xx";
        HttpResponse<String> large = program.send(program.request("/api/v1/probe/file")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers
                        .ofString("--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
                                + "x".repeat((2 << 20) + 1000) + "\r\n--xx--\r\n")));

        assertProblem(large, 413, "too_large");
        assertThat(large.body()).contains("larger than the 1048576 bytes").contains("caravan.intake.unpacked")
                .contains("split it");
    }

    /** Its form is not taken apart, so its proof against forgery is not found: it must not be called forged for that. */
    @Test
    void aBrowsersUploadThatIsTooLargeGetsAPageThatSaysTheBoundAndWhatToDo() throws Exception {
        String cookie = server.http("GET", "/?token=" + server.token(), "").headers().firstValue("Set-Cookie")
                .orElseThrow();
        HttpRequest.Builder form = HttpRequest.newBuilder(program.base().resolve("/audience/upload"))
                .header("Content-Type", "multipart/form-data; boundary=xx").header("Accept", "text/html")
                .POST(BodyPublishers
                        .ofString("--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
                                + "x".repeat(9 << 20) + "\r\n--xx--\r\n"));

        HttpResponse<String> large = program.send(form.header("Cookie", cookie.substring(0, cookie.indexOf(';'))));

        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(large.body()).contains("This file is too large", "2.1 MB", "caravan.intake.unpacked", "Split");
    }

    @Test
    void whatFallsOnOurSideTellsAnIdAndNothingElse() throws Exception {
        HttpResponse<String> broken = program.send(program.post("/api/v1/probe/broken", "{}"));

        assertProblem(broken, 500, "internal");
        assertThat(broken.body()).doesNotContain("secret").doesNotContain("Exception").containsPattern("[0-9a-f-]{36}");
    }

    @Test
    void aPathThatNoServerShouldTakeIsRefusedAlike() throws Exception {
        HttpResponse<String> odd = program.get("/api/v1//probe;x=1");

        assertThat(odd.statusCode()).isEqualTo(400);
        assertThat(odd.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).as(answer.body()).contains("application/problem+json");
        JsonNode body = Programs.json(answer);
        assertThat(body.get("status").asInt()).isEqualTo(status);
        assertThat(body.get("errors").get(0).get("code").asString()).as(answer.body()).isEqualTo(code);
        assertThat(body.get("detail").asString()).isNotBlank();
    }
}
