package io.caravan.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.caravan.TestDatabase;
import io.caravan.transport.ScriptedSink;

import static org.awaitility.Awaitility.await;

/** Nodes that share one database, each a process with a data folder and a sink of its own, so that each sink's record is of one node. */
final class Fleet implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestDatabase.Address schema = TestDatabase.freshSchema();
    private final List<Installation> nodes = new ArrayList<>();
    private final List<ScriptedSink> sinks = new ArrayList<>();

    private Fleet() {
    }

    /** All of them run. {@code settings} are every node's. */
    static Fleet of(int number, Path folder, Duration answer, String... settings) throws IOException {
        Fleet fleet = new Fleet();
        try {
            for (int i = 0; i < number; i++) {
                ScriptedSink sink = new ScriptedSink().quiet().delayingDot(answer).start();
                fleet.sinks.add(sink);
                Installation node = Installation.on(fleet.schema, folder.resolve("node" + i), sink.port(), settings);
                fleet.nodes.add(node);
                if (i > 0) {
                    shareSecrets(fleet.nodes.getFirst(), node);
                }
                if (i == 0) {
                    node.start(); // makes the secrets that the others copy
                } else {
                    node.launch();
                }
            }
            fleet.nodes.forEach(Installation::awaitRunning);
            return fleet;
        } catch (IOException | RuntimeException | Error e) {
            fleet.close();
            throw e;
        }
    }

    Installation node(int i) {
        return nodes.get(i);
    }

    ScriptedSink sink(int i) {
        return sinks.get(i);
    }

    List<ScriptedSink> sinks() {
        return sinks;
    }

    /** Read without any of the nodes. */
    Database database() {
        return nodes.getFirst().database();
    }

    int taken() {
        return sinks.stream().mapToInt(ScriptedSink::takenCount).sum();
    }

    boolean isFinished(String campaign) {
        try {
            return database().runState(campaign).equals("finished");
        } catch (SQLException e) {
            return false;
        }
    }

    void awaitFinished(String campaign) {
        await().atMost(Duration.ofMinutes(10)).until(() -> isFinished(campaign));
    }

    /** As a program that holds the token. */
    HttpResponse<String> ask(int node, String method, String path) throws Exception {
        Path keys = nodes.get(node).data().resolve("keys");
        String server = Files.readString(keys.resolve("server")).strip();
        return http.send(HttpRequest.newBuilder(URI.create(server + path))
                .header("Authorization", "Bearer " + Files.readString(keys.resolve("token")).strip())
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** As whoever adds a node must: nodes of one database have one secret. */
    static void shareSecrets(Installation from, Installation to) throws IOException {
        Path keys = Files.createDirectories(to.data().resolve("keys"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : List.of("secret", "token")) {
            Files.copy(from.data().resolve("keys").resolve(name), keys.resolve(name),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(Installation::close);
        for (ScriptedSink sink : sinks) {
            sink.close();
        }
    }
}
