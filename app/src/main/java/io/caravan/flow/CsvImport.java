package io.caravan.flow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.audience.Import;
import io.caravan.audience.ImportOver;
import io.caravan.audience.ImportRow;
import io.caravan.audience.Imports;
import io.caravan.audience.Looked;
import io.caravan.audience.Taking;
import io.caravan.audience.Verdict;
import io.caravan.intake.CsvColumns;
import io.caravan.intake.CsvLimits;
import io.caravan.intake.CsvRow;
import io.caravan.intake.CsvRows;
import io.caravan.intake.CsvSource;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.InvalidInput;

/**
 * From a CSV file to contacts with a verdict for every row. While one chunk is written the next is read and its people are looked up, never more than that: a file
 * of any size needs the memory of two chunks.
 */
@Component
public class CsvImport {

    private static final Logger LOG = LoggerFactory.getLogger(CsvImport.class);
    private static final int ROWS = 4000;
    /** Characters of attributes in a chunk, far below what a statement may have (max_allowed_packet, 16 MB by default). */
    private static final int TEXT = 1 << 20;

    private final Imports imports;
    private final CsvLimits limits;

    public CsvImport(Imports imports, CsvLimits limits) {
        this.imports = imports;
        this.limits = limits;
    }

    /**
     * Takes a file into a list, or goes on where a crash stopped it.
     *
     * @param columns names of the columns of a file without a header row, else empty
     */
    public ImportReport importFile(Path file, String listName, Mode mode, List<String> columns) {
        return importFile(file, listName, mode, columns, (_, _) -> {
        });
    }

    /** @param progress hears after each chunk how many rows are in, and of how many */
    public ImportReport importFile(Path file, String listName, Mode mode, List<String> columns,
            BiConsumer<Long, Long> progress) {
        CsvColumns named = CsvColumns.of(columns);
        CsvSource source;
        try {
            source = CsvSource.open(file, limits, named);
        } catch (InvalidInput e) {
            return new ImportReport.Refused(listName, e.problems());
        }
        return take(source, imports.begin(String.valueOf(file.getFileName()), listName, fingerprint(file, named), mode),
                progress);
    }

    /** Takes a file whose import was queued, or goes on where a crash stopped it. */
    public ImportReport importQueued(Path file, Import queued, CsvColumns columns) {
        CsvSource source;
        try {
            source = CsvSource.open(file, limits, columns);
        } catch (InvalidInput e) {
            return new ImportReport.Refused(queued.listName(), e.problems());
        }
        return take(source, imports.begin(queued, fingerprint(file, columns)), (_, _) -> {
        });
    }

    private ImportReport take(CsvSource source, Import begun, BiConsumer<Long, Long> progress) {
        boolean again = begun.state() == Import.State.FINISHED && begun.told();
        Import over = begun;
        if (begun.state() == Import.State.RUNNING) {
            imports.sized(begun, source.size());
            takeAll(source, begun, progress);
            over = imports.finish(begun);
        }
        return over.state() == Import.State.FINISHED
                ? new ImportReport.Taken(begun.listName(), begun.id(), again, counts(begun.id(), again))
                : new ImportReport.Cancelled(begun.listName(), begun.id(), imports.counts(begun.id()));
    }

    /** What importing the file would do: it is done and taken back. {@code then} can still read the verdicts by the report's import. */
    public ImportReport rehearse(Path file, String listName, Mode mode, List<String> columns,
            Consumer<ImportReport> then) {
        return imports.rolledBack(() -> {
            ImportReport report = importFile(file, listName, mode, columns);
            then.accept(report);
            return report;
        });
    }

    private Map<Verdict, Long> counts(long importId, boolean again) {
        Map<Verdict, Long> counts = imports.counts(importId);
        if (again) {
            for (Verdict changed : List.of(Verdict.ACCEPTED, Verdict.UPDATED)) {
                Long number = counts.remove(changed);
                if (number != null) {
                    counts.merge(Verdict.UNCHANGED, number, Long::sum);
                }
            }
        }
        return counts;
    }

    private void takeAll(CsvSource source, Import begun, BiConsumer<Long, Long> progress) {
        try (CsvRows rows = source.rows();
                ExecutorService reader = Executors.newSingleThreadExecutor(Thread.ofPlatform()
                        .name("csv-import-" + begun.id()).daemon().factory())) {
            long done = 0;
            Taking taking = imports.taking(begun);
            Callable<Looked> next = () -> taking.look(chunk(rows, begun.throughRow()));
            Future<Looked> ahead = reader.submit(next);
            for (Looked chunk = of(ahead); chunk.size() > 0; chunk = of(ahead)) {
                ahead = reader.submit(next);
                taking.take(chunk);
                done += chunk.size();
                progress.accept(done, source.size());
            }
        } catch (ImportOver e) {
            LOG.info("event=import-stopped import={} what=cancelled while it ran; what is in stays", begun.id(), e);
        }
    }

    private static List<ImportRow> chunk(CsvRows rows, long after) {
        List<ImportRow> chunk = new ArrayList<>(ROWS);
        int text = 0;
        while (chunk.size() < ROWS && text < TEXT && rows.hasNext()) {
            CsvRow row = rows.next();
            if (row.row() > after) {
                chunk.add(new ImportRow(row.row(), row.line(), row.address(), row.mailbox(), row.attributes(),
                        row.problem()));
                for (String value : row.attributes().values()) {
                    text += value.length();
                }
            }
        }
        return chunk;
    }

    private static Looked of(Future<Looked> chunk) {
        try {
            return chunk.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while importing; the import goes on when the file is taken again",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e.getCause());
        }
    }

    /** Of the bytes, and of what the columns are called: the same file with other names is another import. */
    private static String fingerprint(Path file, CsvColumns columns) {
        // never by a link: it was none when it was opened as a CSV, and must not have become one
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[1 << 16];
            for (int read; (read = in.read(block)) > 0;) {
                digest.update(block, 0, read);
            }
            if (!columns.names().isEmpty()) {
                String names = String.join("\n", columns.names());
                digest.update((columns.header() ? "mapped\n" + names : names).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
