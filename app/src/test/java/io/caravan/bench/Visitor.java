package io.caravan.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Who looks at pages: fetches one, and keeps one open as a browser does: one line of events, and the part anew that a topic belongs to.
 * A browser's own work is left out, since it is done on another machine.
 */
final class Visitor implements AutoCloseable {

    private static final Pattern PART = Pattern.compile("<[a-z]+ [^>]*data-live=\"([^\"]+)\"[^>]*>");
    private static final Pattern ADDRESS = Pattern.compile("hx-get=\"([^\"]+)\"");

    private final URI base;
    private final String token;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger fetched = new AtomicInteger();

    Visitor(Product product) throws IOException {
        Matcher link = Pattern.compile("Pages:\\s+(http://[^/\\s]+)").matcher(product.log());
        if (!link.find()) {
            throw new IllegalStateException("the product names no pages:\n" + product.log());
        }
        base = URI.create(link.group(1));
        token = Files.readString(product.data.resolve("keys/token")).strip();
    }

    /** @throws IllegalStateException if it is answered with anything but 200 */
    String fetch(String path) throws Exception {
        HttpResponse<String> answer = http.send(request(path), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + " is answered with " + answer.statusCode());
        }
        return answer.body();
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token).build();
    }

    /** Parts fetched anew so far. */
    int fetched() {
        return fetched.get();
    }

    /** Opens a page and follows what moves in it until this visitor goes. */
    void open(String path) throws Exception {
        Map<String, String> parts = new LinkedHashMap<>();
        Matcher part = PART.matcher(fetch(path));
        while (part.find()) {
            Matcher address = ADDRESS.matcher(part.group());
            if (address.find()) {
                parts.putIfAbsent(part.group(1), address.group(1).replace("&amp;", "&"));
            }
        }
        if (parts.isEmpty()) {
            throw new IllegalStateException(path + " has no part that moves");
        }
        String topics = parts.keySet().stream().map(name -> "topic=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        Thread.ofVirtual().start(() -> follow(topics, parts));
    }

    private void follow(String topics, Map<String, String> parts) {
        try (BufferedReader events = new BufferedReader(new InputStreamReader(
                http.send(request("/live?" + topics), BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                String address = line.startsWith("data:") ? moved(parts, line.substring(5).strip()) : null;
                if (address != null) {
                    fetch(address);
                    fetched.incrementAndGet();
                }
            }
        } catch (Exception e) {
            // this visitor went, or the product did: what was fetched is counted
        }
    }

    private static @Nullable String moved(Map<String, String> parts, String topic) {
        return parts.get(topic);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
