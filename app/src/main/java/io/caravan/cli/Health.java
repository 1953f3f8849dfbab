package io.caravan.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

import org.springframework.core.env.ConfigurableEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code health}: what the running server says of itself. Starts nothing. */
@Command(name = "health", description = {
        "What /actuator/health/readiness of the running server says; for container probes without curl.",
        "Exit: 0 ready; 1 not."})
final class Health implements Callable<Integer> {

    private final Desk desk;

    @Option(names = "--timeout", defaultValue = "5", paramLabel = "SECONDS", description = "How long to wait for the answer (5).")
    private int seconds;

    Health(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws InterruptedException {
        String server = server(desk.launcher().environment(desk.properties()));
        URI readiness = URI.create(server + "/actuator/health/readiness");
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(seconds)).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(readiness).timeout(Duration.ofSeconds(seconds)).build(),
                    HttpResponse.BodyHandlers.ofString());
            desk.out().println(answer.body());
            return answer.statusCode() == 200 ? 0 : 1;
        } catch (IOException e) {
            desk.err()
                    .println("caravan: no server answers at " + server
                            + ": start one with 'caravan serve', or name the data folder of"
                            + " the one that runs with --caravan.data=DIR");
            return 1;
        }
    }

    /** What a running server wrote into its data folder (its port may have been chosen by the system), else what is configured. */
    static String server(ConfigurableEnvironment settings) {
        try {
            Path written = Path.of(settings.getProperty("caravan.data", "./data")).resolve("keys/server");
            return Files.readString(written).strip();
        } catch (IOException e) {
            String address = settings.getProperty("server.address", "127.0.0.1");
            return "http://" + (address.equals("0.0.0.0") ? "127.0.0.1" : address) + ":"
                    + settings.getProperty("server.port", "8080");
        }
    }
}
