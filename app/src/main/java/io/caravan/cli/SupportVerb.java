package io.caravan.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** {@code support}: one zip for a bug report. Starts nothing; a running server is asked for what only it knows. */
@Command(name = "support", description = {
        "Writes one zip for a bug report: version, configuration without secrets, threads, last log lines, health, schema, disk.",
        "Addresses, tokens and passwords are masked; look into it all the same before you send it.",
        "Works beside a running server, and without one (then without its threads and log). Exit: 0."})
final class SupportVerb implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Desk desk;

    @Option(names = "--to", paramLabel = "FILE", description = "The zip to write (caravan-support-TIME.zip in this folder).")
    private @Nullable Path to;

    SupportVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ConfigurableEnvironment settings = desk.launcher().environment(desk.properties());
        Path data = Path.of(settings.getProperty("caravan.data", "./data"));
        Masks masks = Masks.of(settings, data);
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("version.txt", version());
        parts.put("configuration.txt", masks.settings(settings));
        parts.put("disk.txt", disk(data));
        fromTheServer(Health.server(settings), data, parts);
        Path zip = to == null
                ? Path.of("caravan-support-" + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                        .withZone(ZoneOffset.UTC).format(Clock.systemUTC().instant()) + ".zip")
                : to;
        write(zip, parts, masks);
        desk.out().println(zip);
        return 0;
    }

    private static String version() {
        return String.join("\n", new Version().getVersion()) + "\nJava " + Runtime.version() + " ("
                + System.getProperty("java.vendor") + ", " + System.getProperty("java.vm.name") + ")\nSystem "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors()
                + " processors\n";
    }

    private static String disk(Path data) {
        StringBuilder said = new StringBuilder();
        try {
            FileStore store = Files.getFileStore(data.toAbsolutePath());
            said.append("free %d of %d MB (%s)%n".formatted(store.getUsableSpace() >> 20, store.getTotalSpace() >> 20,
                    store.type()));
            try (Stream<Path> folders = Files.list(data)) {
                folders.filter(Files::isDirectory).sorted()
                        .forEach(folder -> said.append("%8d MB  %s%n".formatted(size(folder) >> 20,
                                folder.getFileName())));
            }
        } catch (IOException e) {
            said.append("the data folder cannot be read: ").append(e.getMessage()).append('\n');
        }
        return said.toString();
    }

    private static long size(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // it changes while we look
        }
    }

    private static void fromTheServer(String server, Path data, Map<String, String> parts)
            throws InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            parts.put("health.json", ask(http, server + "/actuator/health/readiness", ""));
            String token = Files.readString(data.resolve("keys/token")).strip();
            JsonMapper.builder().build().readTree(ask(http, server + "/actuator/support", token))
                    .forEachEntry((name, text) -> parts.put(name, text.asString()));
        } catch (IOException | IllegalArgumentException | JacksonException e) {
            parts.put("server.txt", "no server answered at " + server + " (" + e.getClass().getSimpleName()
                    + "), so its threads, its log and its schema are not here; its log goes to standard error\n");
        }
    }

    private static String ask(HttpClient http, String uri, String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private static void write(Path zip, Map<String, String> parts, Masks masks) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Map.Entry<String, String> part : parts.entrySet()) {
                out.putNextEntry(new ZipEntry("caravan-support/" + part.getKey()));
                out.write(masks.text(part.getValue()).getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
    }
}
