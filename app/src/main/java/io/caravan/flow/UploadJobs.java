package io.caravan.flow;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.springframework.stereotype.Component;

import io.caravan.audience.Import;
import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.audience.Upload;
import io.caravan.audience.Uploads;
import io.caravan.intake.CsvLimits;
import io.caravan.intake.CsvSample;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.TemporaryFault;

/**
 * CSV files that come in by a door: kept in the data folder under a number, never under the name that they came with; looked at; given their
 * columns; queued. {@link UploadWorker} takes them, by the code that takes dropped files.
 */
@Component
public class UploadJobs {

    private final String node;
    private final Path folder;
    private final Uploads uploads;
    private final Imports imports;
    private final Lists lists;
    private final CsvLimits limits;
    private final UploadWorker worker;

    /**
     * A file whose columns are to be named.
     *
     * @param names what each column would be: as the last file with this header was mapped, else as its header says
     * @param remembered the names are from the last file with this header
     */
    public record Proposal(Upload upload, CsvSample sample, List<String> names, boolean remembered) {
    }

    UploadJobs(NodeSettings settings, Uploads uploads, Imports imports, Lists lists, CsvLimits limits,
            UploadWorker worker) {
        node = settings.name();
        folder = UploadWorker.folder(settings);
        this.uploads = uploads;
        this.imports = imports;
        this.lists = lists;
        this.limits = limits;
        this.worker = worker;
    }

    /**
     * Keeps a file, from the stream to the disk.
     *
     * @param name what its owner calls it, for people only
     * @throws InvalidInput   if it is empty or larger than {@code caravan.intake.unpacked}
     * @throws TemporaryFault if the disk does not take it
     */
    public Upload keep(String name, InputStream content) {
        Path part = null;
        try {
            part = Files.createTempFile(Files.createDirectories(folder), "coming-", ".part");
            long bytes = Files.copy(new Bounded(content, limits.unpacked()), part,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            if (bytes == 0) {
                throw new InvalidInput("the file is empty: choose a CSV file with a row for each person");
            }
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Upload upload = uploads.add(node, name, bytes);
            Files.move(part, UploadWorker.file(folder, upload));
            return upload;
        } catch (IOException e) {
            throw new TemporaryFault("the upload cannot be kept in " + folder + ": " + e.getMessage()
                    + "; check free space and permissions, then send it again", e);
        } finally {
            remove(part);
        }
    }

    /** What lies here and waits for somebody to name its columns, the oldest first. */
    public List<Upload> waiting() {
        return uploads.of(node).stream().filter(upload -> upload.importId() == null).toList();
    }

    /**
     * How the file looks, and what its columns would be; empty if it is not here (any more).
     *
     * @throws InvalidInput if it cannot be read as CSV at all
     */
    public Optional<Proposal> look(long id) {
        return uploads.find(node, id).map(upload -> {
            CsvSample sample = sample(upload);
            List<String> remembered = uploads.mapping(key(sample));
            boolean fits = remembered.size() == sample.first().size();
            return new Proposal(upload, sample, fits ? remembered : sample.suggested(), fits);
        });
    }

    private CsvSample sample(Upload upload) {
        try {
            return CsvSample.of(UploadWorker.file(folder, upload), limits);
        } catch (InvalidInput e) {
            throw new InvalidInput(UploadWorker.named(e.problems(), upload));
        }
    }

    /**
     * Queues the file's import.
     *
     * @param names     an attribute name for each column, {@code email} for the address, blank to ignore it; empty: as the header says
     * @param hasHeader the first record names the columns and is no person
     * @param source    {@code upload} or {@code api}
     * @throws InvalidInput with all that is wrong with the names and the list's name
     */
    public Import start(long id, String list, Mode mode, List<String> names, boolean hasHeader, String source) {
        Upload upload = uploads.find(node, id)
                .orElseThrow(() -> new InvalidInput("there is no upload " + id + " here: upload the file again"));
        List<InvalidInput.Problem> problems = problems(list, names);
        if (!problems.isEmpty()) {
            throw InvalidInput.of(problems);
        }
        List<String> columns = asHeaderSays(upload, names, hasHeader) ? List.of() : names; // first: it reads the file
        Import queued = imports.queue(upload.file(), list.strip(), mode, source);
        if (!uploads.give(id, queued.id(), columns, hasHeader)) {
            imports.cancel(queued.id());
            throw new InvalidInput("this upload is being imported already: see the imports");
        }
        worker.wake();
        return queued;
    }

    /** All that is wrong with the list's name and with the names of columns, which {@link #start} would refuse. */
    public List<InvalidInput.Problem> problems(String list, List<String> names) {
        List<InvalidInput.Problem> problems = new ArrayList<>();
        (names.isEmpty() ? List.<String>of() : CsvSample.problems(names, limits))
                .forEach(problem -> problems.add(new InvalidInput.Problem("columns", "", problem)));
        try {
            lists.typed(list);
        } catch (InvalidInput e) {
            problems.add(new InvalidInput.Problem("list", "", String.valueOf(e.getMessage())));
        }
        return problems;
    }

    /** Then it is the same import as if the file had been dropped; else the mapping is kept for the next file. */
    private boolean asHeaderSays(Upload upload, List<String> names, boolean hasHeader) {
        if (names.isEmpty()) {
            return true;
        }
        CsvSample sample = sample(upload);
        uploads.remember(key(sample), names);
        return hasHeader && sample.hasHeader() && names.equals(sample.suggested());
    }

    /** Throws away a file that was not given to an import. */
    public void discard(long id) {
        uploads.find(node, id).filter(upload -> upload.importId() == null).ifPresent(upload -> {
            uploads.remove(id);
            remove(UploadWorker.file(folder, upload));
        });
    }

    /** A file without a header is known by how many columns it has. */
    private static String key(CsvSample sample) {
        String header = sample.hasHeader() ? String.join("\n", sample.first()) : "columns\n" + sample.first().size();
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(header.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static void remove(@org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file + ": remove it by hand", e);
        }
    }

    /** Ends with a sentence what would fill the disk. */
    private static final class Bounded extends FilterInputStream {

        private final long most;
        private long count;

        Bounded(InputStream in, long most) {
            super(in);
            this.most = most;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(read, 0);
            if (count > most) {
                throw new InvalidInput("the file has more than %,d bytes: split it, or raise caravan.intake.unpacked"
                        .formatted(most));
            }
            return read;
        }
    }
}
