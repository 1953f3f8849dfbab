package io.caravan.intake;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import io.caravan.mail.InvalidInput;

/** The bytes of a CSV file, unpacked if it begins as gzip does (RFC 1952), and never more of them than the limits allow. */
final class CsvBytes extends InputStream {

    private static final int BUFFER = 1 << 16;
    /** A small file of like rows may well pack better than the ratio: it is judged only when it has grown to this. */
    private static final long RATIO_FROM = 16 << 20;

    private final Path file;
    private final CsvLimits limits;
    private final Counted packed;
    private final InputStream in;
    private final boolean gzip;
    private long unpacked;

    CsvBytes(Path file, CsvLimits limits) throws IOException {
        this.file = file;
        this.limits = limits;
        packed = new Counted(open(file));
        BufferedInputStream buffered = new BufferedInputStream(packed, BUFFER);
        try {
            buffered.mark(4);
            byte[] magic = buffered.readNBytes(4);
            buffered.reset();
            refuseArchives(magic);
            gzip = magic.length > 1 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b;
            in = gzip ? new GZIPInputStream(buffered, BUFFER) : buffered;
        } catch (EOFException | ZipException e) {
            buffered.close();
            throw broken(e);
        } catch (IOException | InvalidInput e) {
            buffered.close();
            throw e;
        }
    }

    /**
     * Opens the file itself, never what a link of its name leads to, though it was no link when somebody looked.
     *
     * @throws InvalidInput if it is a link
     */
    static InputStream open(Path file) throws IOException {
        try {
            return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            if (Files.isSymbolicLink(file)) {
                throw new InvalidInput(file.getFileName() + " is a link, not a file: give the file itself", e);
            }
            throw e;
        }
    }

    private void refuseArchives(byte[] magic) {
        if (magic.length == 4 && magic[0] == 'P' && magic[1] == 'K' && (magic[2] == 3 || magic[2] == 5)) {
            throw new InvalidInput(name()
                    + " is a zip archive or a workbook, not a CSV file: save it as CSV (UTF-8), or pack it with gzip");
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read;
        try {
            read = in.read(bytes, offset, length);
        } catch (EOFException | ZipException e) {
            throw broken(e);
        }
        if (read > 0) {
            if (gzip && unpacked == 0 && read > 1 && (bytes[offset] & 0xff) == 0x1f
                    && (bytes[offset + 1] & 0xff) == 0x8b) {
                throw new InvalidInput(name() + " is packed twice: unpack it once and drop it again");
            }
            unpacked += read;
            hold();
        }
        return read;
    }

    private void hold() {
        if (unpacked > limits.unpacked()) {
            throw new InvalidInput(
                    "%s has more than %,d bytes%s: split it, or raise caravan.intake.unpacked".formatted(name(),
                            limits.unpacked(), gzip ? " unpacked" : ""));
        }
        if (gzip && unpacked > RATIO_FROM && unpacked / limits.ratio() > packed.count) {
            throw new InvalidInput(
                    "%s unpacks to more than %d times its size: drop it unpacked, or raise caravan.intake.ratio"
                            .formatted(name(), limits.ratio()));
        }
    }

    private InvalidInput broken(IOException cause) {
        return new InvalidInput(name() + " is a damaged gzip file (" + cause.getMessage() + "): pack it again", cause);
    }

    private String name() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private static final class Counted extends FilterInputStream {

        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(read, 0);
            return read;
        }
    }
}
