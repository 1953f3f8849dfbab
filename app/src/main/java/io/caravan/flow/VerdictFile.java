package io.caravan.flow;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import org.springframework.stereotype.Component;

import io.caravan.audience.Imports;
import io.caravan.audience.RowVerdict;
import io.caravan.audience.Verdict;

/**
 * {@code NAME.csv.verdict.csv}: one line for every row of an imported file, as RFC 4180 has it but with LF. Exact: nothing is added
 * against spreadsheet formulas, for {@code =a@example.org} is a legal address.
 */
@Component
public class VerdictFile {

    private final Imports imports;

    public VerdictFile(Imports imports) {
        this.imports = imports;
    }

    /** Where the verdicts of a file belong: beside it. */
    public static Path beside(Path csv) {
        return csv.resolveSibling(csv.getFileName() + ".verdict.csv");
    }

    /** Writes the whole file under another name and renames it, so that nobody reads half of it. */
    public void write(ImportReport.Taken report, Path target) {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            try (BufferedWriter out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
                write(report.importId(), report.again(), out);
            }
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            imports.told(report.importId());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    /** The same for whoever asks for it later, as far as the rows are in. */
    public void write(long importId, Writer out) throws IOException {
        write(importId, false, out);
    }

    private void write(long importId, boolean again, Writer out) throws IOException {
        out.write("row,line,address,verdict,reason\n");
        imports.verdicts(importId, row -> append(out, row, again));
    }

    private static void append(Writer out, RowVerdict row, boolean again) {
        boolean changedThen = row.verdict() == Verdict.ACCEPTED || row.verdict() == Verdict.UPDATED;
        Verdict verdict = again && changedThen ? Verdict.UNCHANGED : row.verdict();
        try {
            out.write(row.row() + "," + row.line() + "," + cell(row.written()) + "," + verdict.word() + ","
                    + cell(row.reason()) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Quoted where it must be, and where the contract's example quotes it: reasons that quote the address. */
    private static String cell(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' || c == '"' || c == '\'' || c == '\n' || c == '\r') {
                return '"' + text.replace("\"", "\"\"") + '"';
            }
        }
        return !text.isEmpty() && (text.charAt(0) == ' ' || text.endsWith(" ")) ? '"' + text + '"' : text;
    }
}
