package io.caravan.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A program that calls a server's API with its token. */
record ApiCalls(Server server) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** An answer, as bytes and for JSON as a tree. */
    record Answer(int status, byte[] bytes, HttpResponse<byte[]> raw) {

        JsonNode json() {
            return JSON.readTree(bytes);
        }

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** The first fault of a problem. */
        String fault() {
            return json().at("/errors/0/message").asString();
        }
    }

    Answer get(String path) {
        return call("GET", path, "application/json", "");
    }

    Answer post(String path, String json) {
        return call("POST", path, "application/json", json);
    }

    Answer delete(String path) {
        return call("DELETE", path, "application/json", "");
    }

    Answer call(String method, String path, String type, String body) {
        HttpRequest request = HttpRequest.newBuilder(server.base().resolve(path))
                .header("Authorization", "Bearer " + server.token()).header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
        try {
            HttpResponse<byte[]> answer = server.http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), answer.body(), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
