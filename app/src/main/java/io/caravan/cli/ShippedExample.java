package io.caravan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.context.ApplicationContext;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.NodeSettings;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

/** What {@code serve --example} does: drops the shipped example under a name that is free, and tells how it goes. */
final class ShippedExample {

    private static final String FOLDER = "/examples/example/";
    private static final List<String> BESIDE = List.of("spring.html", "logo.png", "spring.csv");
    private static final String CAMPAIGN = "spring.campaign.yaml";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;
    private final Path drop;
    private final PrintWriter progress;

    ShippedExample(ApplicationContext application, PrintWriter progress) {
        campaigns = application.getBean(Campaigns.class);
        runs = application.getBean(Runs.class);
        counts = application.getBean(RunCounts.class);
        drop = application.getBean(NodeSettings.class).data().resolve("drop");
        this.progress = progress;
    }

    void show() throws InterruptedException {
        String name = freeName();
        try {
            Files.createDirectories(drop);
            for (String file : BESIDE) {
                place(file, packed(file));
            }
            String text = new String(packed(CAMPAIGN), StandardCharsets.UTF_8).replaceFirst("(?m)^name: example\\b",
                    "name: " + name);
            place(name + ".campaign.yaml", text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the example could not be put into " + drop, e);
        }
        say("Example: dropped " + name + ".campaign.yaml and spring.csv into " + drop);
        follow(name);
    }

    private String freeName() {
        String name = "example";
        for (int i = 2; campaigns.find(name).isPresent(); i++) {
            name = "example-" + i;
        }
        return name;
    }

    private void follow(String name) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        while (System.nanoTime() < until) {
            Optional<Run> run = campaigns.find(name).map(Campaign::id).flatMap(runs::latest);
            String now = run.map(this::line)
                    .orElse("waiting for the drop folder (a file is read when it has been still for two seconds)");
            if (!now.equals(last)) {
                say("Example: " + now);
                last = now;
            }
            if (run.map(known -> isOver(known.state())).orElse(false)) {
                say("Example: done. Caravan keeps serving; Ctrl-C ends it.");
                say("  What each person got:        " + pages() + " (then Mailbox)");
                say("  The verdict on each CSV row: " + drop.resolve("done"));
                return;
            }
            Thread.sleep(500);
        }
        say("Example: not over after " + PATIENCE.toMinutes() + " minutes; the overview page says what holds it.");
    }

    /** The link that was printed at the start, since it has scrolled away. */
    private String pages() {
        Path keys = drop.resolveSibling("keys");
        try {
            return Files.readString(keys.resolve("server")).strip() + "/?token="
                    + Files.readString(keys.resolve("token")).strip();
        } catch (IOException e) {
            return "the pages";
        }
    }

    private static boolean isOver(RunState state) {
        return state == RunState.FINISHED || state == RunState.REFUSED || state == RunState.CANCELLED;
    }

    private String line(Run run) {
        Map<RowState, Long> now = counts.of(run.id());
        String rows = RunTable.counts(now);
        String reason = run.reason();
        return "run " + run.number() + " " + run.state().word() + (rows.isEmpty() ? "" : ": " + rows)
                + (reason == null ? "" : " (" + reason + ")");
    }

    private void place(String name, byte[] bytes) throws IOException {
        Path half = drop.resolve("." + name + ".part");
        Files.write(half, bytes);
        Files.move(half, drop.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] packed(String name) throws IOException {
        try (InputStream in = ShippedExample.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IOException("the program lacks its own file " + FOLDER + name);
            }
            return in.readAllBytes();
        }
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }
}
