package io.caravan.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.caravan.mail.Fault;

/** What lies in the drop folder and stays there: campaigns that wait for a file, and what nothing will ever take. Each is logged once. */
@Component
public class DropWatch implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DropWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration HALF_WRITTEN = Duration.ofMinutes(10);
    private static final Set<String> OWN = Set.of("done", "refused");

    /** @param why what it waits for, or why nothing takes it, and what to do */
    public record Stuck(boolean waits, String file, String why) {
    }

    private final Path drop;
    private final DropFolder folder;
    private final RefusedFiles refused;
    private final Duration patience;
    private final Map<String, Long> since = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private volatile List<Stuck> lying = List.of();
    private final Rounds rounds = new Rounds("drop-watch", this::round);

    @Autowired
    DropWatch(@Value("${caravan.data:./data}") String data, DropFolder folder, RefusedFiles refused) {
        this(Path.of(data, "drop"), folder, refused, PATIENCE);
    }

    /** @param patience how long a file may lie before it is spoken of: its campaign file may come after it */
    DropWatch(Path drop, DropFolder folder, RefusedFiles refused, Duration patience) {
        this.drop = drop.toAbsolutePath().normalize();
        this.folder = folder;
        this.refused = refused;
        this.patience = patience;
    }

    /** Those that wait first, then by name; a few seconds old at most. */
    public List<Stuck> stuck() {
        List<Stuck> all = new ArrayList<>();
        folder.waits().forEach((campaign, file) -> all.add(new Stuck(true, campaign,
                "It waits for " + file + ". Put that file into " + drop + "; the campaign goes on by itself.")));
        all.addAll(lying);
        return all;
    }

    /** Looks at the folder; called by one thread at a time. */
    void look() {
        Map<String, Path> there = new HashMap<>();
        try (Stream<Path> all = Files.isDirectory(drop) ? Files.list(drop) : Stream.empty()) {
            all.filter(path -> !DropNames.of(path).startsWith(".") && !OWN.contains(DropNames.of(path)))
                    .forEach(path -> there.put(DropNames.of(path), path));
        } catch (IOException | UncheckedIOException e) {
            return; // whoever takes files says so
        }
        since.keySet().retainAll(there.keySet());
        told.retainAll(there.keySet());
        String campaigns = campaigns();
        lying = there.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .filter(each -> !campaigns.contains(each.getKey()))
                .flatMap(each -> stuck(each.getKey(), each.getValue()).stream()).toList();
        lying.stream().filter(each -> told.add(each.file)).forEach(each -> LOG
                .warn("event=dropped-file-lies file=\"{}\" what=\"{}\"", each.file, each.why));
    }

    private List<Stuck> stuck(String name, Path path) {
        String why = why(name, path);
        boolean half = name.matches("(?i).*[.](part|tmp)");
        long first = since.computeIfAbsent(name, _ -> System.nanoTime());
        long lies = System.nanoTime() - first;
        return why == null || lies < (half ? HALF_WRITTEN : patience).toNanos()
                ? List.of()
                : List.of(new Stuck(false, name, why));
    }

    /** Null: it is taken when its turn comes. */
    private static @Nullable String why(String name, Path path) {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return "It is a folder, and nothing in folders is read. Move the files in it into the drop folder itself.";
        }
        if (name.indexOf('\\') >= 0 || name.indexOf('\uFFFD') >= 0) {
            return "Nothing takes a file with such a name. Rename it: letters, digits, hyphens and points will do.";
        }
        if (name.matches("(?i).*[.](part|tmp)")) {
            return "It is not taken while its name ends in .part or .tmp. Rename it when it is whole, or remove it.";
        }
        return DropNames.isOurs(name)
                ? null
                : "Nothing takes a file with this ending. Recipients come as .csv, .csv.gz or .tsv, a campaign as"
                        + " .campaign.yaml; a template or an attachment is taken with the campaign file that names it. Drop"
                        + " that one too, rename this one, or remove it.";
    }

    /** The text of the campaign files that are there or were refused: what they name waits with them. */
    private String campaigns() {
        Stream<Path> there = folder.files().stream()
                .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS));
        Stream<Path> back = refused.open().stream().map(file -> drop.resolve(file.lies()));
        StringBuilder text = new StringBuilder();
        Stream.concat(there, back).filter(path -> DropNames.isCampaign(DropNames.of(path))).forEach(path -> {
            try {
                text.append(CampaignReader.source(path, DropNames.of(path))).append('\n');
            } catch (Fault e) {
                LOG.debug("event=campaign-not-looked-into file=\"{}\"", path, e); // gone, or its own turn says so
            }
        });
        return text.toString();
    }

    @Override
    public void start() {
        rounds.begin(EVERY, EVERY);
    }

    private void round() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.warn("event=drop-folder-not-watched what={}", e.toString());
        }
    }

    @Override
    public void stop() {
        rounds.end(Duration.ZERO);
    }

    @Override
    public boolean isRunning() {
        return rounds.going();
    }
}
