package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.caravan.audience.Import;
import io.caravan.audience.Imports;
import io.caravan.audience.Upload;
import io.caravan.audience.Uploads;
import io.caravan.intake.CsvColumns;

/**
 * Takes uploads one after the other, in the background. A file stays until its import is over, so a stop or a crash at any point goes on at
 * the next start after the last row that was in.
 */
@Component
public class UploadWorker implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(UploadWorker.class);
    private static final Duration ABANDONED = Duration.ofDays(7);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final String node;
    private final Path folder;
    private final Uploads uploads;
    private final Imports imports;
    private final CsvImport csvs;
    private final DropPairs pairs;
    private final RefusedFiles refusedFiles;
    private final InstantSource clock;
    private final Rounds rounds = new Rounds("uploads", this::takeAll);

    UploadWorker(NodeSettings settings, Uploads uploads, Imports imports, CsvImport csvs, DropPairs pairs,
            RefusedFiles refusedFiles, InstantSource clock) {
        node = settings.name();
        folder = folder(settings);
        this.uploads = uploads;
        this.imports = imports;
        this.csvs = csvs;
        this.pairs = pairs;
        this.refusedFiles = refusedFiles;
        this.clock = clock;
    }

    static Path folder(NodeSettings settings) {
        return settings.data().resolve("uploads");
    }

    static Path file(Path folder, Upload upload) {
        return folder.resolve("upload-" + upload.id());
    }

    /** Problems name the file as it is called here; people know it by its own name. */
    static List<String> named(List<String> problems, Upload upload) {
        return problems.stream().map(problem -> problem.replace("upload-" + upload.id(), upload.file())).toList();
    }

    @Override
    public void start() {
        rounds.begin(Duration.ZERO, PAUSE);
    }

    @Override
    public void stop() {
        rounds.end(PAUSE);
    }

    @Override
    public boolean isRunning() {
        return rounds.going();
    }

    /** Something was queued. */
    void wake() {
        rounds.wake();
    }

    private void takeAll() {
        try {
            uploads.of(node).forEach(this::take);
        } catch (RuntimeException e) {
            LOG.warn("event=uploads-wait what={}", e.toString());
        }
    }

    private void take(Upload upload) {
        try {
            if (upload.importId() != null) {
                take(upload, upload.importId());
            } else if (upload.createdAt().isBefore(clock.instant().minus(ABANDONED))) {
                forget(upload);
            }
        } catch (RuntimeException e) { // the database is away, or this node stops: what is queued stays queued
            LOG.warn("event=upload-waits upload={} what={}", upload.id(), e.toString());
        } catch (IOException e) {
            LOG.warn("event=upload-not-removed upload={} what={} todo=check the permissions of {}", upload.id(),
                    e.toString(), folder);
        }
    }

    private void take(Upload upload, long importId) throws IOException {
        Import known = imports.find(importId).orElseThrow();
        if (known.state() == Import.State.QUEUED || known.state() == Import.State.RUNNING) {
            Path file = file(folder, upload);
            if (!Files.exists(file)) {
                imports.refuse(known, "the uploaded file is no longer in the data folder: upload it again");
            } else {
                tell(upload, known,
                        csvs.importQueued(file, known, new CsvColumns(upload.columns(), upload.hasHeader())));
            }
        }
        forget(upload);
    }

    private void tell(Upload upload, Import known, ImportReport report) {
        switch (report) {
            case ImportReport.Taken taken -> {
                imports.told(taken.importId()); // its verdicts are read where they are
                List<String> more = new ArrayList<>(pairs.reopen(taken.list()));
                String sentence = refusedFiles.corrected(upload.file(), "import " + taken.importId());
                if (sentence != null) {
                    more.add(sentence);
                }
                LOG.info("event=upload-taken import={} what=\"{}\" more=\"{}\"", taken.importId(),
                        String.join("; ", DropNames.lines(taken)), String.join("; ", more));
            }
            case ImportReport.Cancelled cancelled -> LOG.info("event=upload-cancelled import={}", cancelled.importId());
            case ImportReport.Refused refused -> {
                imports.refuse(known, String.join("\n", named(refused.problems(), upload)));
                LOG.info("event=upload-refused import={} problems={}", known.id(), refused.problems().size());
            }
        }
    }

    private void forget(Upload upload) throws IOException {
        Files.deleteIfExists(file(folder, upload));
        uploads.remove(upload.id());
    }
}
