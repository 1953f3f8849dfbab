package io.caravan.flow;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import io.caravan.intake.CampaignFile;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.TemporaryFault;

/**
 * The drop folder: takes a finished file by its ending and puts it away with a note beside it.
 *
 * <p>A campaign waits in the folder for its CSV, in whichever order the two come; its templates stay beside it until it was taken. A
 * file that is still in the folder is not over: taking it again, after a crash at any point, changes nothing twice.
 */
@Component("dropFolder")
public class DropFolder implements AutoCloseable {

    /** Beside a CSV that was taken. */
    static final String VERDICTS = ".verdict.csv";
    /** Beside a campaign file that was taken. */
    static final String REPORT = ".report.txt";

    private static final Logger LOG = LoggerFactory.getLogger(DropFolder.class);
    private static final Duration STILL = Duration.ofSeconds(2);
    private static final int LATELY = 1000;
    private static final String WAITS = "waits for ";

    private final Path drop;
    private final DropArchive archive;
    private final DropPairs pairs;
    private final RefusedFiles refused;
    private final CsvImport csvs;
    private final VerdictFile verdicts;
    private final CampaignFiles campaigns;
    private final Stillness stillness;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    /** Campaign files that wait, and for which file. */
    private final Map<String, String> waiting = new ConcurrentSkipListMap<>();
    private final Deque<Dropped> lately = new ConcurrentLinkedDeque<>();

    /** What became of a dropped file. */
    public enum Fate {
        TAKEN, WAITING, REFUSED,
        /** Not a file that is taken: a template, a half-written one, or one that is gone already. */
        LEFT
    }

    /** @param lines for the log and for people, without addresses */
    public record Dropped(String file, Fate fate, List<String> lines) {
    }

    @Autowired
    public DropFolder(@Value("${caravan.data:./data}") String data, CsvImport csvs, VerdictFile verdicts,
            CampaignFiles campaigns,
            DropPairs pairs, RefusedFiles refused, InstantSource clock) {
        this(Path.of(data, "drop"), csvs, verdicts, campaigns, pairs, refused, clock, STILL);
    }

    /** @param still how long a file that was not renamed into place must not have changed */
    DropFolder(Path drop, CsvImport csvs, VerdictFile verdicts, CampaignFiles campaigns, DropPairs pairs,
            RefusedFiles refused, InstantSource clock, Duration still) {
        this.drop = drop;
        this.csvs = csvs;
        this.verdicts = verdicts;
        this.campaigns = campaigns;
        this.pairs = pairs;
        this.refused = refused;
        stillness = new Stillness(drop, still);
        archive = new DropArchive(drop, clock);
    }

    /**
     * Takes a file of the drop folder if it is whole. Several may come at a time; one is taken after the other.
     *
     * @return what became of it and, after a CSV, of the campaigns that waited for it
     * @throws io.caravan.mail.Fault if disk or database do not answer; the file is still there and can be taken again
     */
    public List<Dropped> take(File file) {
        Path path = drop.resolve(file.getName());
        oneAtATime.lock();
        try {
            List<Dropped> all = new ArrayList<>();
            Dropped first = takeOne(path);
            all.add(first);
            if (first.fate == Fate.TAKEN && DropNames.isCsv(first.file)) {
                for (String campaign : List.copyOf(waiting.keySet())) {
                    all.add(takeOne(path.resolveSibling(campaign)));
                }
            }
            return all;
        } finally {
            oneAtATime.unlock();
        }
    }

    /** Takes everything that lies in the folder, waiting for files that are still being written to come to rest. */
    public List<Dropped> takeAll() {
        List<Dropped> all = new ArrayList<>();
        for (Path path : files()) {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) { // else the drop folder's route was faster
                stillness.await(path);
                all.addAll(take(path.toFile()));
            }
        }
        return all;
    }

    /** What became of files since the start, the last thousand of them, whoever brought them: the route, or a call. */
    public List<Dropped> lately() {
        return List.copyOf(lately);
    }

    /** At start: finishes what a crash left half done, and looks again at every campaign that waits. */
    public List<Dropped> lookAgain() {
        oneAtATime.lock();
        try {
            archive.recover().forEach(this::follow);
            return files().stream().filter(path -> DropNames.isCampaign(DropNames.of(path))).map(this::takeOne)
                    .toList();
        } finally {
            oneAtATime.unlock();
        }
    }

    /** What lies in the folder and would be taken or is waiting, campaigns last. */
    public List<Path> files() {
        try (Stream<Path> all = Files.isDirectory(drop) ? Files.list(drop) : Stream.empty()) {
            List<Path> ours = all.filter(path -> DropNames.isOurs(DropNames.of(path))).sorted().toList();
            return Stream.concat(ours.stream().filter(path -> DropNames.isCsv(DropNames.of(path))),
                    ours.stream().filter(path -> DropNames.isCampaign(DropNames.of(path)))).toList();
        } catch (IOException e) {
            throw new TemporaryFault(
                    "the drop folder " + drop + " cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
    }

    /** The campaign files that wait in the folder for a file that has not come, and its name. */
    public Map<String, String> waits() {
        Map<String, String> waits = new TreeMap<>(waiting);
        waits.entrySet().removeIf(wait -> !Files.exists(drop.resolve(wait.getKey()))
                || Files.exists(drop.resolve(wait.getValue()), LinkOption.NOFOLLOW_LINKS)); // gone; or its turn comes
        return waits;
    }

    private boolean waits(String name, List<String> lines) {
        return waiting.put(name, lines.getFirst().substring(WAITS.length())) == null;
    }

    private Dropped takeOne(Path path) {
        String name = DropNames.of(path);
        if (!DropNames.isOurs(name) || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            waiting.remove(name);
            return new Dropped(name, Fate.LEFT, List.of());
        }
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && !stillness.isWhole(path)) {
            return new Dropped(name, Fate.LEFT, List.of());
        }
        Dropped dropped;
        try {
            DropNames.check(path);
            dropped = DropNames.isCsv(name) ? csv(path, name) : campaign(path, name);
        } catch (InvalidInput e) {
            dropped = refuse(path, name, e.problems());
        }
        boolean news = dropped.fate != Fate.WAITING || waits(name, dropped.lines);
        if (dropped.fate != Fate.WAITING) {
            waiting.remove(name);
        }
        if (news) { // a campaign that waits says so once
            lately.add(dropped);
            if (lately.size() > LATELY) {
                lately.poll();
            }
            LOG.info("event=dropped file=\"{}\" fate={} what=\"{}\"", name,
                    dropped.fate.name().toLowerCase(Locale.ROOT),
                    dropped.fate == Fate.REFUSED
                            ? "problems=" + dropped.lines.size()
                            : String.join("; ", dropped.lines));
        }
        return dropped;
    }

    private Dropped csv(Path path, String name) {
        String list = DropNames.list(name);
        CampaignSpec.Audience how = pairs.audienceOf(list, campaignFiles(path));
        return switch (csvs.importFile(path, list, how.mode(), how.columns())) {
            case ImportReport.Refused faulty -> refuse(path, name, faulty.problems());
            case ImportReport.Cancelled cancelled -> {
                List<String> lines = DropNames.lines(cancelled);
                archive.refused(path, lines);
                yield new Dropped(name, Fate.REFUSED, lines);
            }
            case ImportReport.Taken taken -> {
                List<String> lines = new ArrayList<>(DropNames.lines(taken));
                if (!taken.again()) {
                    lines.addAll(pairs.reopen(list));
                }
                corrects(name, "import " + taken.importId(), lines);
                archive.done(path, VERDICTS, target -> verdicts.write(taken, target));
                yield new Dropped(name, Fate.TAKEN, lines);
            }
        };
    }

    private Dropped campaign(Path path, String name) {
        CampaignSpec spec = CampaignFile.parse(name, CampaignReader.source(path, name));
        String missing = pairs.waitsFor(path, spec);
        if (missing != null) {
            return new Dropped(name, Fate.WAITING, List.of(WAITS + missing));
        }
        CampaignReader.named(spec).forEach(file -> stillness.await(path.resolveSibling(file)));
        CampaignFiles.Outcome outcome = campaigns.take(path);
        List<String> lines = new ArrayList<>(outcome.lines());
        corrects(name, "campaign " + spec.name(), lines);
        Path target = archive.done(path, REPORT, report -> DropArchive.text(report, lines));
        follow(target);
        return new Dropped(name, Fate.TAKEN, lines);
    }

    /** Before the file is put away: after a crash in between it is taken again, and nothing is left to settle. */
    private void corrects(String name, String by, List<String> lines) {
        String sentence = refused.corrected(name, by);
        if (sentence != null) {
            lines.add(sentence);
        }
    }

    @Override
    public void close() {
        stillness.close();
    }

    private Dropped refuse(Path path, String name, List<String> problems) {
        List<String> lines = new ArrayList<>(List.of("'" + name + "' is refused. Nothing of it was taken.", ""));
        lines.addAll(problems);
        lines.addAll(List.of("", "Correct this and drop the file again."));
        archive.refused(path, lines);
        refused.again();
        return new Dropped(name, Fate.REFUSED, problems);
    }

    /** What lay beside a taken campaign file goes with it, unless another campaign that is still there needs it too. */
    private void follow(Path campaignFile) {
        CampaignSpec spec = CampaignFile.parse(DropNames.of(campaignFile),
                CampaignReader.source(campaignFile, DropNames.of(campaignFile)));
        List<String> others = campaignFiles(campaignFile).stream()
                .map(other -> CampaignReader.source(other, DropNames.of(other))).toList();
        for (String file : CampaignReader.named(spec)) {
            if (!DropNames.isOurs(file) && others.stream().noneMatch(other -> other.contains(file))) {
                archive.follow(drop.resolve(file), campaignFile);
            }
        }
    }

    private List<Path> campaignFiles(Path but) {
        return files().stream().filter(path -> DropNames.isCampaign(DropNames.of(path)) && !path.equals(but)
                && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList();
    }
}
